"""dochan's tree -> pieces of text in order: headings, paragraphs, tables, each with its page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from dochan.model.document import Paragraph  # type: ignore[import-untyped]
from dochan.model.equation import Equation  # type: ignore[import-untyped]
from dochan.model.header_footer import Footnote, HeaderFooter  # type: ignore[import-untyped]
from dochan.model.table import Cell, Table  # type: ignore[import-untyped]

from bot.characters import clean
from bot.documents.markdown import CLOSE, OPEN, escape, row
from bot.documents.sources import stated

# dochan tells links, anchors and comments in words of its own.
_ADDITIONS = re.compile(
    r"\[bookmark: [^\]\n]{1,200}\] ?| ?<(?:https?://|mailto:|file:|#)[^<>\n]{0,2000}>|!\[[^\]\n]{0,1000}\]\([^()\n]{0,500}\)"
)
_FORMULA = re.compile(r"^=.+| ?\(=.*\)$", re.DOTALL)  # behind a cell's value, or in place of one never computed
_DIVIDED = re.compile(r"(?<=[^\W\d_]{2})- (?=[a-zß-ÿ])(?!(?:und|oder|bis|bzw|sowie|and|or|to)\b)")
_ASIDE = re.compile(
    r"docProps/|\x05|xl/workbook\.xml|annots|outline|destination|ppt/notes|ppt/comments|.*#notes$", re.IGNORECASE
)
_DEFINED = "Defined name: "
_MARKED = re.compile(f"{OPEN}(\\d+){CLOSE}")
_ENDED = re.compile(r"[.!?:;。…”\")\]]$")
_LONGEST_HEADING = 150


@dataclass(frozen=True)
class Piece:
    """Markdown of one block; ``level`` is 0 but for headings."""

    text: str
    level: int = 0
    page: int | None = None
    prose: bool = True

    @property
    def markdown(self) -> str:
        return f"{'#' * self.level} {self.text}" if self.level else self.text


class Pieces:
    """One document's pieces. Footnotes that name a source become Markdown footnotes, others follow their paragraph."""

    def __init__(self, notes: Iterable[Footnote], *, sheet: bool = False) -> None:
        self._sheet = sheet
        plain = {note.number: " ".join(clean(note.text).split()) for note in notes if note.number}
        self._sources = {number: text for number, text in plain.items() if stated(text)}
        self._notes = {number: text for number, text in plain.items() if number not in self._sources}
        self.asides: list[str] = []

    def of(self, elements: Iterable[Any], page: int | None = None) -> Iterator[Piece]:
        for element in elements:
            if isinstance(element, HeaderFooter):
                self.asides.append(clean(element.text))
            elif isinstance(element, Footnote):
                if not element.number and element.type != "comment":
                    yield from self._lines(clean(element.text), page)
            elif not _is_aside(element):
                for piece in self._element(element, page):
                    yield from self._with_notes(piece)

    @property
    def definitions(self) -> list[str]:
        return [f"[^{number}]: {escape(text)}" for number, text in self._sources.items()]

    def _element(self, element: Any, page: int | None) -> Iterator[Piece]:
        if isinstance(element, Table):
            caption = list(self._lines(clean(element.caption_text), page))
            above = (element.caption_side or "").upper() in ("TOP", "LEFT")
            yield from caption if above else ()
            if table := self._table(element):
                yield Piece(table, page=page, prose=False)
            yield from caption if not above else ()
        elif isinstance(element, Paragraph):
            text = self._text(element)
            if element.heading_level and text.strip():
                heading = escape(_MARKED.sub("", text))
                yield Piece(heading, min(element.heading_level, 6), page) if heading else Piece("")
            else:
                yield from self._lines(text, page)
        elif isinstance(element, Equation):
            yield from self._lines(clean(element.latex or element.script), page)
        elif getattr(element, "caption_text", ""):  # a picture
            yield from self._lines(clean(element.caption_text), page)

    def _lines(self, text: str, page: int | None) -> Iterator[Piece]:
        return (Piece(escape(line), page=page) for line in text.split("\n") if line.strip())

    def _text(self, paragraph: Paragraph) -> str:
        """The runs' text, with marks where footnotes are called."""
        parts = []
        for run in paragraph.runs:
            if run.note_ref:
                parts.append(f"{OPEN}{run.note_ref}{CLOSE}" if run.note_ref in self._sources | self._notes else "")
            elif run.equation is not None:
                parts.append(clean(run.equation.latex or run.equation.script or run.text))
            elif getattr(run.provenance, "path", "") != "destination":
                parts.append(clean(_FORMULA.sub("", run.text) if self._sheet else run.text))
        return _ADDITIONS.sub("", "".join(parts))

    def _with_notes(self, piece: Piece) -> Iterator[Piece]:
        called = [int(number) for number in _MARKED.findall(piece.text)]
        if not called:
            yield piece
            return
        yield replace(piece, text=_MARKED.sub(lambda mark: self._mark(int(mark[1])), piece.text))
        for number in called:
            if number in self._notes:
                yield Piece(escape(self._notes[number]), page=piece.page)

    def _mark(self, number: int) -> str:
        return f"[^{number}]" if number in self._sources else ""

    def _table(self, table: Table) -> str:
        width = table.col_count
        rows = [[*map(self._cell, cells), *[""] * (width - len(cells))] for cells in table.rows]
        _fill_down(table, rows)
        if not any(map(any, rows)):
            return ""
        lines = [row(cells) for cells in rows]
        return "\n".join([lines[0], row(["---"] * width), *lines[1:]])

    def _cell(self, cell: Cell) -> str:
        if cell.is_merged_away:
            return ""
        return " ".join(filter(None, (self._in_cell(block) for block in cell.paragraphs)))

    def _in_cell(self, block: Any) -> str:
        if isinstance(block, Paragraph):
            return escape(self._text(block))
        if isinstance(block, Table):
            rows = (" / ".join(filter(None, map(self._cell, cells))) for cells in block.rows)
            return " ; ".join(filter(None, rows))
        if isinstance(block, Equation):
            return escape(clean(block.latex or block.script))
        return ""


def _fill_down(table: Table, rows: list[list[str]]) -> None:
    """A cell merged over several rows speaks for each of them; rows are read one by one."""
    for at, cells in enumerate(table.rows):
        for column, cell in enumerate(cells):
            for below in range(at + 1, min(at + cell.row_span, len(rows))):
                if not rows[below][column] and table.rows[below][column : column + 1][0].is_merged_away:
                    rows[below][column] = rows[at][column]


def _is_aside(element: Any) -> bool:
    """The file's properties, bookmarks, notes and comments, which dochan lists among the text."""
    path = getattr(getattr(element, "provenance", None), "path", "") or ""
    if _ASIDE.match(path):
        return True
    return isinstance(element, Paragraph) and path in ("Workbook", "Book") and element.text.startswith(_DEFINED)


def flowing(pieces: Iterable[Piece]) -> list[Piece]:
    """A PDF knows lines, not sentences: those that a line or page end has cut in two are put together again.

    A line that does not end a sentence goes on in the next if that begins with a small letter. dochan takes large print
    for headings, line by line; what turns out to be long was a paragraph.
    """
    joined: list[Piece] = []
    for piece in pieces:
        before = joined[-1] if joined else None
        alike = before and before.level == piece.level and before.prose and piece.prose
        if before and alike and piece.text[:1].islower() and not _ENDED.search(before.text):
            joined[-1] = replace(before, text=_joined(before.text, piece.text))
        elif piece.text:
            joined.append(piece)
    whole = (replace(piece, text=_DIVIDED.sub("", piece.text)) for piece in joined)
    return [replace(piece, level=0) if len(piece.text) > _LONGEST_HEADING else piece for piece in whole]


def _joined(before: str, after: str) -> str:
    if len(before) > 1 and before[-1] == "-" and before[-2].isalpha() and after[0].islower():
        return before[:-1] + after  # a word divided at the line's end; a compound's own hyphen is lost with it
    return f"{before} {after}"
