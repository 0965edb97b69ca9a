"""The blocks of a section -> pieces small enough to embed: cut between paragraphs, then sentences, then words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from bot.documents import tables
from bot.documents.markdown import CLOSE, MARK, OPEN, Block

_CLOSING = rf"[\"'”’»」』)\]]*(?:{OPEN}[^{CLOSE}]*{CLOSE})*"
_SENTENCE_END = re.compile(rf"(?<=[.!?。！？…]){_CLOSING}\s+")
_ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:\d{1,2}|[^\W\d_]|[A-Z][a-z]|bzw|bspw|ca|usw|vgl|inkl|zzgl|Nr|Str|Prof|Mrs|Inc|Ltd|Corp|etc|vs|approx"
    r"|[a-z]\.[a-z]|[A-Z]\.[A-Z])\.$"
)


@dataclass(frozen=True)
class _Unit:
    """What is not broken further: a paragraph, or its sentence; a row of a table."""

    text: str
    glue: str = "\n\n"  # between it and what stands before it in the same passage
    head: str = ""  # of its table: stands before its first row in every passage
    owed: str = ""  # marks of a later sentence of the paragraph, which speak for this one too


def pieces(section: Iterable[Block], size: int) -> Iterator[str]:
    """Texts of at most ``size`` bytes of UTF-8 without their marks; only a single character can be longer."""
    parts: list[str] = []
    weight = 0
    last = _Unit("")
    for unit in _units(section, size):
        joint = unit.glue + (_head(unit) if unit.head != last.head else "")
        added = _weight(joint) + _weight(unit.text)
        if parts and weight + added > size:
            yield "".join(parts) + last.owed
            parts, weight = [], 0
        if not parts:
            joint = _head(unit)
            added = _weight(joint) + _weight(unit.text)
        parts += [joint, unit.text]
        weight += added
        last = unit
    if parts:
        yield "".join(parts) + last.owed


def _units(section: Iterable[Block], size: int) -> Iterator[_Unit]:
    before = ""
    for number, block in enumerate(section):
        if block.kind == "table":
            yield from _rows(block, size, number)
        else:
            glue = "\n" if before == block.kind == "item" else "\n\n"
            yield from _sentences(block.text, size, glue)
        before = block.kind


def _rows(table: Block, size: int, number: int) -> Iterator[_Unit]:
    """Rows under their header; a row too long for that is told cell by cell, each with the header's word for it."""
    names, *rows = table.rows
    if not rows:
        rows, names = [names], ("",) * len(names)
    head = tables.head(names) if any(names) else ""
    room = size - _weight(head) - 1
    for position, cells in enumerate(rows):
        line = tables.line(cells)
        if _weight(line) <= room:
            # Two tables alike in their header are still two: the number keeps them apart, and _head takes it off.
            yield _Unit(line, "\n" if position else "\n\n", f"{number}\0{head}" if head else "")
            continue
        glue = "\n\n"
        for name, cell in zip(names, cells, strict=True):
            if cell:
                yield from _sentences(f"{name}: {cell}" if name else cell, size, glue)
                glue = "\n"


def _sentences(text: str, size: int, glue: str) -> Iterator[_Unit]:
    if _weight(text) <= size:
        yield _Unit(text, glue)
        return
    units = [
        _Unit(part, joint if at else (glue if index == 0 else " "))
        for index, sentence in enumerate(_cut_at_ends(text))
        for at, (part, joint) in enumerate(_words(sentence, size))
    ]
    owed = ""
    for at in range(len(units) - 1, -1, -1):  # from the end: a sentence without a mark borrows the next one's
        marks = "".join(match[0] for match in MARK.finditer(units[at].text))
        owed = marks or owed
        if not marks:
            units[at] = replace(units[at], owed=owed)
    yield from units


def _cut_at_ends(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        if not _ABBREVIATED.search(text[max(start, end.start() - 12) : end.start()]):
            yield text[start : end.end()].rstrip()
            start = end.end()
    if start < len(text):
        yield text[start:]


def _words(sentence: str, size: int) -> Iterator[tuple[str, str]]:
    """The sentence whole if it fits, else its words; and a word beyond all measure in slices."""
    if _weight(sentence) <= size:
        yield sentence, " "
        return
    for word in sentence.split():
        if _weight(word) <= size:
            yield word, " "
            continue
        joint = " "
        for part in re.split(f"({OPEN}[^{CLOSE}]*{CLOSE})", word):
            for piece in [part] if part.startswith(OPEN) else _slices(part, max(1, size // 8)):
                yield piece, joint
                joint = ""


def _slices(word: str, length: int) -> Iterator[str]:
    start = 0
    while start < len(word):
        end = min(start + length, len(word))
        while start + 1 < end < len(word) and _belongs_to_its_left(word, end):
            end -= 1
        yield word[start:end]
        start = end


def _belongs_to_its_left(word: str, at: int) -> bool:
    return bool(unicodedata.combining(word[at])) or word[at] in "\u200d\ufe0f" or word[at - 1] == "\u200d"


def _head(unit: _Unit) -> str:
    return unit.head.partition("\0")[2] + "\n" if unit.head else ""


def _weight(text: str) -> int:
    return len((MARK.sub("", text) if OPEN in text else text).encode())
