"""A model's answer, sentence by sentence: what its passages say stays, the rest is taken out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.glossary import Glossary
from bot.grounding.support import unsupported
from bot.passages import Passage
from bot.sentences import split

_MARKS = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")
_LEADING = re.compile(rf"(?:{_MARKS.pattern})+")
_WORDS = re.compile(r"[^\W_]")


def sift(text: str, offered: Sequence[Passage], glossary: Glossary, question: str = "") -> tuple[str, list[str]]:
    """The text without its unsupported sentences, and these. ``offered[n - 1]`` is what ``[n]`` cites.

    A sentence without a mark leans on the next mark in its paragraph, else on the one before it.
    """
    kept, dropped = [], []
    for line in text.split("\n"):
        pieces = list(_pieces(line))
        cited = [_numbers(piece) for piece in pieces]
        good = []
        for at, piece in enumerate(pieces):
            numbers = next((one for one in (cited[at], *cited[at + 1 :], *cited[:at][::-1]) if one), [])
            passages = [offered[number - 1] for number in numbers if 1 <= number <= len(offered)]
            claim = _MARKS.sub("", piece).strip()
            if _WORDS.search(claim) and (not passages or unsupported(claim, passages, glossary, question)):
                dropped.append(claim)
            else:
                good.append(piece)
        if good or not pieces:
            kept.append(" ".join(good))
    return "\n".join(kept).strip(), dropped


def _pieces(line: str) -> Iterator[str]:
    """The sentences of a line, each with the marks that stand behind its full stop."""
    waiting = ""
    for part in split(line):
        marks = _LEADING.match(part)
        if marks and waiting:
            waiting += f" {marks.group().strip()}"
            part = part[marks.end() :].strip()
        if part:
            if waiting:
                yield waiting
            waiting = part
    if waiting:
        yield waiting


def _numbers(piece: str) -> list[int]:
    return [int(number) for mark in _MARKS.findall(piece) for number in re.findall(r"\d{1,3}", mark)]
