"""Title and date of change, as the file itself carries them. Missing or odd ones are "": they only fill gaps."""

from __future__ import annotations

import datetime
import re
import struct
import xml.etree.ElementTree as ElementTree  # only for parts that the archive has checked for declarations
from typing import Any

from bot.characters import clean
from bot.documents.dates import iso

_TITLES = ("{http://purl.org/dc/elements/1.1/}title", "{http://www.idpf.org/2007/opf/}title")
_MODIFIED = "{http://purl.org/dc/terms/}modified"
_META = "{http://www.idpf.org/2007/opf/}meta"
_STREAMS = ("\x05SummaryInformation", "\x05HwpSummaryInformation")
_MEANINGLESS = re.compile(
    r"(?:(?:powerpoint[- ])?(?:presentation|präsentation|프레젠테이션)\d*|slide 1|(?:word )?document\d*|dokument\d*"
    r"|문서\d*|untitled.*|unbenannt.*|제목 없음.*|microsoft \w+ - .*|.*\.\w{2,4})$",
    re.IGNORECASE,
)
_EPOCH = datetime.datetime(1601, 1, 1, tzinfo=datetime.UTC)


def title(text: str) -> str:
    """The title, unless the program made it up."""
    plain = " ".join(clean(text).split())
    return "" if _MEANINGLESS.match(plain) or len(plain) > 200 else plain


def of_archive(xml: bytes) -> tuple[str, str]:
    """From ``docProps/core.xml``, or the package file of HWPX."""
    try:
        root = ElementTree.fromstring(xml)  # noqa: S314 - see the import
    except ElementTree.ParseError:
        return "", ""
    named = next((node.text for tag in _TITLES if (node := root.find(f".//{tag}")) is not None), None)
    node = root.find(f".//{_MODIFIED}")
    changed = node.text if node is not None else None
    for meta in root.iter(_META):
        if meta.get("name") == "ModifiedDate":
            changed = meta.text
    return title(named or ""), iso((changed or "")[:10])


def of_compound(ole: Any) -> tuple[str, str]:
    """From the summary stream of .doc, .ppt, .xls and .hwp."""
    for stream in _STREAMS:
        if ole.exists(stream):
            try:
                return _summary(ole.openstream(stream).read())
            except (struct.error, OSError, ValueError, LookupError, OverflowError):
                break
    return "", ""


def _summary(data: bytes) -> tuple[str, str]:
    """[MS-OLEPS]: a table of property numbers and offsets; 1 is the code page, 2 the title, 13 the last change."""
    start = struct.unpack_from("<I", data, 44)[0]
    count = min(struct.unpack_from("<I", data, start + 4)[0], 100)
    pairs = (struct.unpack_from("<II", data, start + 8 + 8 * at) for at in range(count))
    found = {number: start + offset for number, offset in pairs if number in (1, 2, 13)}
    named, changed, page = "", "", 1252
    if 1 in found:
        page = struct.unpack_from("<H", data, found[1] + 4)[0]
    if 2 in found:
        kind, length = struct.unpack_from("<II", data, found[2])
        wide = kind == 31
        raw = data[found[2] + 8 : found[2] + 8 + min(length, 1000) * (2 if wide else 1)]
        encoding = "utf-16-le" if wide else {65001: "utf-8", 1200: "utf-16-le"}.get(page, f"cp{page}")
        named = raw.decode(encoding, errors="replace").partition("\0")[0]
    if 13 in found:
        ticks = struct.unpack_from("<Q", data, found[13] + 4)[0]  # of 100 ns
        moment = _EPOCH + datetime.timedelta(microseconds=ticks // 10)
        changed = moment.date().isoformat() if moment.year > 1980 else ""
    return title(named), changed


def of_pdf(information: dict[str, str]) -> tuple[str, str]:
    """From the information dictionary; a date reads ``D:20250511…``."""
    stamp = re.match(r"D:(\d{4})(\d\d)(\d\d)", information.get("ModDate") or information.get("CreationDate") or "")
    return title(information.get("Title", "")), iso("-".join(stamp.groups())) if stamp else ""
