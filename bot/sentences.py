"""A passage's text -> the statements in it: sentences, list items, table rows, each verbatim in its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.passages import Passage

# A full stop, question or exclamation mark with its closing quotes, then space and something that can open a sentence.
_END = re.compile(r"[.!?。！？][\"'”’“‘»)\]」』》]*(?=\s+[\"'“„«(\[]*[^\W_])")
# Words that end in a full stop without ending a sentence (English, German).
_ABBREVIATIONS = frozenset(
    "co ltd inc corp no nr mr mrs ms dr prof st vs approx ca bzw usw etc evtl ggf inkl vgl sog mio mrd str tel abs art "
    "jan feb mar apr jun jul aug sep sept oct okt nov dec dez e.g i.e z.b d.h u.a v.a p pp fig vol".split()
)
_WORD = re.compile(r"[^\W\d_]{2}")
_LABEL = re.compile(r"(?:As of|기준일|Stand)\s*:\s*[\d./-]+\s*$", re.IGNORECASE)
_TABLE_RULE = re.compile(r"^\s*\|?[\s:|-]+\|?\s*$")
_BULLET = re.compile(r"^\s*(?:[-*+•·▪○●□■]|\d{1,2}[.)])\s+")


@dataclass(frozen=True)
class Statement:
    """``passage.text[start:end]``, one thing that the passage says; ``header`` is set for the row of a table."""

    passage: Passage
    start: int
    end: int
    header: tuple[str, ...] = ()

    @property
    def quote(self) -> str:
        """The words of the document, verbatim."""
        return self.passage.text[self.start : self.end]

    @property
    def text(self) -> str:
        """The statement as it can stand in an answer: a sentence as it is, a table row with its columns named."""
        if not self.header:
            return " ".join(self.quote.split())
        cells = _cells(self.quote)
        pairs = list(zip(self.header, cells, strict=False))
        rest = [f"{name}: {cell}" if name else cell for name, cell in pairs[1:] if cell and cell != "-"]
        first = cells[0] if cells else ""
        return f"{first} — {', '.join(rest)}" if first and rest else first or ", ".join(rest)


def statements(passage: Passage) -> tuple[Statement, ...]:
    """Everything that ``passage`` says, in order. Table headers and rules are not statements."""
    found: list[Statement] = []
    header: tuple[str, ...] = ()
    table_line = 0
    for start, line in _lines(passage.text):
        if line.lstrip().startswith("|"):
            table_line += 1
            if table_line == 1:
                header = tuple(_cells(line))
            elif not _TABLE_RULE.match(line):
                found.append(_trimmed(passage, start, start + len(line), header))
            continue
        table_line = 0
        bullet = _BULLET.match(line)
        begin = start + (bullet.end() if bullet else 0)
        marks = [end for end, _ in passage.marks]
        for first, last in _spans(passage.text, begin, start + len(line), marks):
            found.append(_trimmed(passage, first, last))
    return tuple(statement for statement in found if _says_something(statement))


def _says_something(statement: Statement) -> bool:
    """Not a page number, nor the line that dates the document. A row of mere figures speaks through its header."""
    if statement.header:
        return re.search(r"\w", statement.quote) is not None
    return _WORD.search(statement.quote) is not None and _LABEL.match(statement.quote) is None


def split(text: str) -> list[str]:
    """The sentences of a plain text."""
    parts = (
        text[start:end].strip() for begin, line in _lines(text) for start, end in _spans(text, begin, begin + len(line))
    )
    return [part for part in parts if part]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    for line in text.split("\n"):
        yield start, line
        start += len(line) + 1


def _spans(text: str, start: int, end: int, marks: list[int] | None = None) -> Iterator[tuple[int, int]]:
    """The sentences of ``text[start:end]``; a footnote mark always ends one."""
    cuts = {match.end() for match in _END.finditer(text, start, end) if not _abbreviated(text, start, match.start())}
    cuts |= {mark for mark in marks or () if start < mark < end}
    for cut in sorted(cuts):
        yield start, cut
        start = cut
    yield start, end


def _abbreviated(text: str, start: int, stop: int) -> bool:
    if text[stop] != ".":
        return False
    word = re.split(r"[\s(\[„“\"']", text[start:stop])[-1].lower()
    # Letters (an initial, "U.S."), or a short number: the German "7. Mai".
    letters = all(len(part) == 1 for part in word.split("."))
    return word in _ABBREVIATIONS or letters or (word.isdigit() and len(word) <= 2)


def _cells(row: str) -> list[str]:
    parts = re.split(r"(?<!\\)\|", row.strip().strip("|"))
    return [" ".join(part.replace(r"\|", "|").split()) for part in parts]


def _trimmed(passage: Passage, start: int, end: int, header: tuple[str, ...] = ()) -> Statement:
    piece = passage.text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Statement(passage, start, max(start, end - (len(piece) - len(piece.rstrip()))), header)
