"""A model's answer, sentence by sentence: what its passages say stays, the rest is taken out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from bot.passages import Passage
from bot.sentences import split

Claim = tuple[str, tuple[Passage, ...]]  # a sentence without its marks, and the passages that it cites

_MARKS = re.compile(r"\s*\[\d+(?:\s*[,;]\s*\d+)*\]")
_LEADING = re.compile(rf"(?:{_MARKS.pattern})+")
_WORDS = re.compile(r"[^\W_]")


def sift(text: str, offered: Sequence[Passage], holds: Callable[[Claim], bool]) -> tuple[str, list[str]]:
    """The text without the sentences of which ``holds`` is false, and these. ``offered[n - 1]`` is what ``[n]`` cites.

    A sentence without a mark leans on the next mark in its paragraph, else on the one before it; one that has no mark
    to lean on is taken out unasked.
    """
    kept, dropped = [], []
    for line in text.split("\n"):
        pieces = list(_pieces(line, offered))
        good = []
        for piece, (claim, passages) in pieces:
            if _WORDS.search(claim) and not (passages and holds((claim, passages))):
                dropped.append(claim)
            else:
                good.append(piece)
        if good or not pieces:
            kept.append(" ".join(good))
    return "\n".join(kept).strip(), dropped


def claimed(text: str, offered: Sequence[Passage]) -> list[Claim]:
    """Every sentence of the text that has words, with what it cites."""
    pieces = [piece for line in text.split("\n") for piece in _pieces(line, offered)]
    return [claim for _, claim in pieces if _WORDS.search(claim[0])]


def _pieces(line: str, offered: Sequence[Passage]) -> Iterator[tuple[str, Claim]]:
    """The sentences of a line as they stand, and what each claims."""
    pieces = list(_sentences(line))
    cited = [_numbers(piece) for piece in pieces]
    for at, piece in enumerate(pieces):
        numbers = next((one for one in (cited[at], *cited[at + 1 :], *cited[:at][::-1]) if one), [])
        passages = tuple(offered[number - 1] for number in numbers if 1 <= number <= len(offered))
        yield piece, (_MARKS.sub("", piece).strip(), passages)


def _sentences(line: str) -> Iterator[str]:
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
