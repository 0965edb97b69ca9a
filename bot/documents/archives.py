"""Office archives: unpacked by what is in them, not by what they declare, and packed again without what is not text.

The copy that the reader gets has true sizes, no two parts of one name, no document types, and neither comments nor
notes nor embedded files.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from bot.documents.document import Unreadable

MOST_PARTS = 2000
MOST_PART_BYTES = 32 * 1024 * 1024
MOST_BYTES = 64 * 1024 * 1024
MOST_RATIO = 200
_SMALL = 1024 * 1024  # below it a ratio says nothing: an empty sheet of 300 kB shrinks to one
_STEP = 64 * 1024

_HOME = {".docx": "word/", ".pptx": "ppt/", ".xlsx": "xl/", ".hwpx": "Contents/"}
_LEFT_OUT = re.compile(
    r"(?:docProps/|customXml/|(?:word|ppt|xl)/(?:media|embeddings|fonts|persons|externalLinks|activeX|printerSettings)/"
    r"|(?:word|ppt|xl)/vbaProject|word/comments|(?:ppt|xl)/(?:threadedComments|comments)|ppt/notes|ppt/commentAuthors"
    r"|BinData/|Preview/|Scripts/)",
    re.IGNORECASE,
)
_PROPERTIES = {".hwpx": "Contents/content.hpf"}
_XML = re.compile(r"\.(?:xml|rels|hpf|vml)$", re.IGNORECASE)
_DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class Archive:
    """The parts of an Office file, by name."""

    def __init__(self, suffix: str, data: bytes) -> None:
        self.suffix = suffix
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                self.parts = dict(_parts(archive, data))
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
            raise Unreadable("broken", "The file is damaged. Open it in its program and save it again.") from error
        except RuntimeError as error:  # zipfile's word for a part with a password
            raise Unreadable("encrypted", "The file is protected by a password. Save it without one.") from error
        if not any(name.startswith(_HOME[suffix]) for name in self.parts):
            actual = next((end for end, home in _HOME.items() if any(n.startswith(home) for n in self.parts)), None)
            what = f"this is a {actual} file. Rename it." if actual else "this archive is something else. Remove it."
            raise Unreadable("unknown", f"The name ends in {suffix}, but {what}")

    @property
    def properties(self) -> bytes:
        """The XML that tells title and date, b"" when there is none."""
        return self.parts.get(_PROPERTIES.get(self.suffix, "docProps/core.xml"), b"")

    def save(self, path: Path) -> None:
        """Writes a new archive of the parts that make the text."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
            for name, part in self.parts.items():
                if not _LEFT_OUT.match(name):
                    archive.writestr(zipfile.ZipInfo(name), part)


def _parts(archive: zipfile.ZipFile, data: bytes) -> Iterator[tuple[str, bytes]]:
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_PARTS:
        raise _bomb()
    seen: set[str] = set()
    total = 0
    for entry in entries:
        name = entry.filename.replace("\\", "/").lstrip("/")
        if name in seen or ".." in name.split("/"):
            raise Unreadable("broken", "The file is damaged. Open it in its program and save it again.")
        seen.add(name)
        part = _unpacked(archive, entry, MOST_BYTES - total)
        total += len(part)
        if len(part) > _SMALL and len(part) > MOST_RATIO * max(1, min(entry.compress_size, len(data))):
            raise _bomb()
        if total > _SMALL and total > MOST_RATIO * len(data):  # parts may share their packed bytes
            raise _bomb()
        if _XML.search(name) and (_DECLARATION.search(part) or _DECLARATION.search(part.replace(b"\0", b""))):
            raise Unreadable("broken", "The file declares XML entities, as no Office program does. Save it again.")
        yield name, part


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> bytes:
    """At most ``room`` bytes, whatever the entry says of its size."""
    pieces: list[bytes] = []
    size = 0
    with archive.open(entry) as part:
        while piece := part.read(_STEP):
            pieces.append(piece)
            size += len(piece)
            if size > min(room, MOST_PART_BYTES):
                raise _bomb()
    return b"".join(pieces)


def _bomb() -> Unreadable:
    return Unreadable("too-large", "Unpacked, the file is far too large. Remove pictures or split it, then save again.")
