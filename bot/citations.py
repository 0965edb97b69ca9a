"""Answer, and the [n] in its text: which passage, which words, which source. Code decides them, not the model.

Pure. The rule that a model may only name numbers it was shown, and that unknown numbers are dropped, is
haiku.rag's (``store/models/citation.py``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.passages import Passage, Source
from bot.sentences import Statement, statements


@dataclass(frozen=True)
class Citation:
    """What ``[n]`` in an answer stands for. ``quote`` is verbatim from ``passage.text``."""

    n: int
    passage: Passage
    quote: str
    source: Source | None = None

    @property
    def publisher(self) -> str:
        """Who said it; empty where the document names nobody."""
        return self.source.publisher if self.source else ""

    @property
    def as_of(self) -> str:
        """The date of the statement: its source's, else its document's."""
        return (self.source.published if self.source else "") or self.passage.as_of

    @property
    def url(self) -> str:
        """Where the reader can check it; empty where the document gives no address."""
        return self.source.url if self.source else ""


@dataclass(frozen=True)
class Answer:
    """An answer as it grows: ``text`` is always the whole text so far, with its ``[n]``.

    ``answered`` is false where the knowledge does not hold the answer; then the citations, if any, belong to the
    nearest thing that is known.
    """

    text: str
    language: str
    citations: tuple[Citation, ...] = ()
    answered: bool = True
    done: bool = True
    generation: str = field(default="", compare=False)  # of the index it comes from, for staff

    @property
    def as_of(self) -> str:
        """As of when it holds: the oldest date of what it rests on; empty where nothing is dated."""
        return min((citation.as_of for citation in self.citations if citation.as_of), default="")

    @property
    def mixed(self) -> bool:
        """Whether its statements are of different dates, so that no single one of them dates it."""
        return len({citation.as_of for citation in self.citations}) > 1


_NUMBERS = re.compile(r"(?<!\s)\s*\[\s*(\d+(?:\s*[,;]\s*\d+)*)\s*\]")


def resolve(text: str, offered: Sequence[Passage]) -> tuple[str, tuple[Citation, ...]]:
    """A model's text with its ``[n]`` renumbered by first use, and what each stands for.

    ``offered[n - 1]`` is the passage the model saw as ``[n]``; any other number is dropped. Each mark gets as its quote
    the statement of that passage which shares most words with the sentence that bears the mark.
    """
    citations: dict[tuple[str, str], Citation] = {}
    text = _without_unknown(text, len(offered))

    def renumber(match: re.Match[str]) -> str:
        claim = text[_start_of_claim(text, match.start()) : match.start()]
        marks = []
        for number in re.findall(r"\d+", match.group(1)):
            passage = offered[int(number) - 1]
            statement = _closest(claim, passage)
            key = passage.id, statement.quote
            if key not in citations:
                sources = passage.sources_of(statement.start, statement.end)
                source = sources[0] if sources else None
                citations[key] = Citation(len(citations) + 1, passage, statement.quote, source)
            marks.append(f"[{citations[key].n}]")
        return "".join(f" {mark}" for mark in dict.fromkeys(marks))

    renumbered = _NUMBERS.sub(renumber, text)
    return renumbered.strip(), tuple(citations.values())


def _without_unknown(text: str, count: int) -> str:
    """``text`` without numbers above ``count``; again and again, since ``[1[9]]`` without its ``[9]`` is a ``[1]``."""

    def known(match: re.Match[str]) -> str:
        numbers = re.findall(r"\d+", match.group(1))
        # Compared by length first: int() refuses thousands of digits.
        offered = [number for number in numbers if len(number) <= 3 and 1 <= int(number) <= count]
        return f" [{', '.join(offered)}]" if offered else ""

    while (kept := _NUMBERS.sub(known, text)) != text:
        text = kept
    return text


def _start_of_claim(text: str, end: int) -> int:
    """Where the sentence that ends at a mark begins."""
    before = text[:end].rstrip()
    starts = [match.end() for match in re.finditer(r"[.!?。\]]\s+|\n", before)]
    return max((start for start in starts if start < len(before)), default=0)


def _closest(claim: str, passage: Passage) -> Statement:
    said = statements(passage)
    if not said:
        return Statement(passage, 0, len(passage.text))
    words = _words(claim)
    return max(
        said, key=lambda statement: len(words & _words(statement.text)) / (len(_words(statement.text)) + 3) ** 0.5
    )


def _words(text: str) -> frozenset[str]:
    """Words, and the first two syllables of Korean ones, which lose their particles that way."""
    found = re.findall(r"[^\W_]+", text.lower())
    return frozenset(found) | frozenset(word[:2] for word in found if re.match("[가-힣]", word))
