"""PDF, Word, PowerPoint, Excel and HWP -> pages of Markdown, by dochan. Runs in the sandbox.

dochan gives a tree of paragraphs and tables; we write it down ourselves, so that text which looks like Markdown stays
text, page numbers stay, and what the file hides stays hidden.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from dochan import Dochan, cfb  # type: ignore[import-untyped]
from dochan.model.table import Table  # type: ignore[import-untyped]
from dochan.pdf.annotations import text_string  # type: ignore[import-untyped]
from dochan.pdf.structure import PDFFile  # type: ignore[import-untyped]

from bot.documents import hidden, properties
from bot.documents.archives import Archive
from bot.documents.document import Content, Page, Unreadable
from bot.documents.files import ARCHIVES, COMPOUNDS
from bot.documents.markdown import escape
from bot.documents.pieces import Piece, Pieces, flowing

MOST_PAGES = 2000

_STREAMS = {
    ".hwp": ("FileHeader",),
    ".doc": ("WordDocument",),
    ".ppt": ("PowerPoint Document",),
    ".xls": ("Workbook", "Book"),
}
_CALLED_SHEET = re.compile(r"(?:sheet|tabelle|시트)\s*\d*$", re.IGNORECASE)
_REFERENCE = re.compile(r"([A-Z]{1,3})(\d+)$")
_PASSWORD = "The file is protected by a password. Save it without one."  # noqa: S105 - a sentence, not one
_DAMAGED = "The file is damaged. Open it in its program and save it again."
_PAGE_FAILED = re.compile(r"WARN: (\d+)페이지 파싱 실패")
_PAGE_EMPTY = re.compile(r"WARN: (\d+)페이지: 텍스트 없음")
_LIMIT = re.compile(r"limit|exceed|too large|한도|초과|MemoryError", re.IGNORECASE)


def read(suffix: str, data: bytes, folder: Path) -> Content:
    """The text of an Office file or PDF. ``folder`` is the sandbox's own: dochan reads from paths."""
    archive = Archive(suffix, data) if suffix in ARCHIVES else None
    copy = folder / f"copy{suffix}"
    try:
        if archive:
            _seen(archive).save(copy)
        else:
            copy.write_bytes(data)
        title, as_of = _checked(suffix, data, copy, archive)
        # Only HWP knows a final version; the other readers leave tracked deletions out anyway.
        final = {"revision_mode": "final"} if suffix in (".hwp", ".hwpx") else {}
        try:
            document = Dochan(str(copy), **final)
        except ValueError as error:
            raise Unreadable("broken", _DAMAGED) from error
    finally:
        copy.unlink(missing_ok=True)
    _raise_for(document.errors)
    pieces = Pieces([*document.find_all("footnote"), *document.find_all("endnote")], sheet=suffix in (".xlsx", ".xls"))
    flow: list[Piece] = []
    remarks = _remarks(document.errors)
    for section in document.doc.sections:
        if _is_hidden(section, archive):
            place = section.provenance.sheet or f"slide {section.provenance.slide}"
            remarks.append(f"Hidden, so left out: {place}.")
        elif getattr(section.provenance, "path", "") != "outline":
            flow += _section(section, suffix, archive, pieces, many=len(document.doc.sections) > 1)
    if suffix == ".pdf":
        flow = flowing(flow)
    return Content(_pages(flow, pieces.definitions), title, as_of, tuple(pieces.asides), tuple(remarks))


def _seen(archive: Archive) -> Archive:
    if archive.suffix == ".docx":
        for name, part in archive.parts.items():
            if name.startswith("word/") and name.endswith(".xml"):
                archive.parts[name] = hidden.seen_runs(part)
    return archive


def _checked(suffix: str, data: bytes, copy: Path, archive: Archive | None) -> tuple[str, str]:
    """Title and date from the file's properties; Unreadable for what dochan would return empty."""
    if archive:
        return properties.of_archive(archive.properties) if archive.properties else ("", "")
    if suffix in COMPOUNDS:
        return _checked_compound(suffix, copy)
    pdf = PDFFile(data)
    if pdf.encrypted and not pdf.decrypt_ok:
        raise Unreadable("encrypted", _PASSWORD)
    if len(pdf.pages()) > MOST_PAGES:
        raise Unreadable("too-large", f"The PDF has more than {MOST_PAGES} pages. Split it.")
    found = pdf.resolve(pdf.trailer.get("Info"))
    values = {key: pdf.resolve(value) for key, value in found.items()} if isinstance(found, dict) else {}
    return properties.of_pdf({str(key).lstrip("/"): text_string(value) for key, value in values.items()})


def _checked_compound(suffix: str, copy: Path) -> tuple[str, str]:
    try:
        with cfb.OleFileIO(str(copy)) as ole:
            if ole.exists("EncryptedPackage"):
                raise Unreadable("encrypted", _PASSWORD)
            if not any(map(ole.exists, _STREAMS[suffix])):
                actual = next((end for end, names in _STREAMS.items() if any(map(ole.exists, names))), None)
                what = f"this is a {actual} file. Rename it." if actual else "this is something else. Remove it."
                raise Unreadable("unknown", f"The name ends in {suffix}, but {what}")
            if suffix == ".hwp" and ole.openstream("FileHeader").read(40)[36:37] > b"":
                flags = ole.openstream("FileHeader").read(40)[36]
                if flags & 0b10010:  # a password; rights management
                    raise Unreadable("encrypted", _PASSWORD)
            return properties.of_compound(ole)
    except (OSError, ValueError) as error:
        raise Unreadable("broken", _DAMAGED) from error


def _raise_for(errors: list[str]) -> None:
    """dochan returns what it could read and lists what it could not; half a document would be silently wrong."""
    for error in errors:
        if error.startswith("ERR") and ("암호" in error or "encrypt" in error.lower()):
            raise Unreadable("encrypted", _PASSWORD)
    for error in errors:
        if error.startswith("ERR"):
            if _LIMIT.search(error):
                raise Unreadable("too-large", "The file holds more than can be read. Split it or export its text.")
            raise Unreadable("broken", _DAMAGED)


def _remarks(errors: list[str]) -> list[str]:
    failed = [match[1] for error in errors if (match := _PAGE_FAILED.match(error))]
    empty = [match[1] for error in errors if (match := _PAGE_EMPTY.match(error))]
    remarks = [f"Could not be read: page {', '.join(failed)}."] if failed else []
    return remarks + ([f"Pictures without text, perhaps scanned: page {', '.join(empty)}."] if empty else [])


def _is_hidden(section: Any, archive: Archive | None) -> bool:
    place = section.provenance
    if getattr(place, "hidden", False):
        return True
    return bool(archive and archive.suffix == ".pptx" and hidden.slide(archive.parts.get(place.path, b"")))


def _section(section: Any, suffix: str, archive: Archive | None, pieces: Pieces, *, many: bool) -> list[Piece]:
    place = section.provenance
    elements = section.elements
    found = []
    if suffix in (".xlsx", ".xls"):
        if archive:
            _drop_hidden_cells(elements, archive.parts.get(place.path, b""))
        name = " ".join((place.sheet or "").split())
        if name and (many or not _CALLED_SHEET.match(name)):
            found.append(Piece(escape(name), 2))
    page = getattr(place, "page", None) or getattr(place, "slide", None)
    body = list(pieces.of(elements, page))
    return [*found, *body] if body else []


def _drop_hidden_cells(elements: list[Any], sheet: bytes) -> None:
    rows, columns = hidden.rows(sheet), hidden.columns(sheet)
    if not rows and not columns:
        return
    for table in (element for element in elements if isinstance(element, Table)):
        for cells in table.rows:
            for cell in cells:
                match = _REFERENCE.match(getattr(cell.provenance, "cell", None) or "")
                if match and (int(match[2]) in rows or _number(match[1]) in columns):
                    cell.paragraphs = []


def _number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def _pages(flow: list[Piece], definitions: list[str]) -> tuple[Page, ...]:
    pages: dict[int | None, list[str]] = {}
    for piece in flow:
        if piece.text:
            pages.setdefault(piece.page, []).append(piece.markdown)
    if pages:
        pages[list(pages)[-1]] += definitions
    return tuple(Page(number, "\n\n".join(parts)) for number, parts in pages.items())
