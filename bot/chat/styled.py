"""Styled: a text and what is bold, linked or quoted in it. Pure.

Text plus entities instead of a markup language: nothing in a document or an answer can break the formatting, because
nothing is ever parsed. Offsets are characters here and become UTF-16 units only at the rim, in ``entities``.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import accumulate

from telegram import MessageEntity

BOLD = MessageEntity.BOLD
QUOTE = MessageEntity.EXPANDABLE_BLOCKQUOTE
LINK = MessageEntity.TEXT_LINK
MOMENT = MessageEntity.DATE_TIME

# Marks, embeddings, overrides and isolates that reorder what a reader sees: a title with one of them could make a
# link look like another one.
_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_ENDS = str.maketrans({"\r": "\n", "\u2028": "\n", "\u2029": "\n", "\x85": "\n", "\t": " "})


@dataclass(frozen=True)
class Span:
    """``text[start:end]`` is of this kind; ``url`` only where it is a link, ``moment`` where it tells a time."""

    start: int
    end: int
    kind: str
    url: str = ""
    moment: datetime | None = None


@dataclass(frozen=True)
class Styled:
    """A text and its spans, which lie within it and are in order of their start."""

    text: str = ""
    spans: tuple[Span, ...] = ()

    def __add__(self, other: Styled | str) -> Styled:
        if isinstance(other, str):
            return Styled(self.text + other, self.spans)
        by = len(self.text)
        moved = tuple(replace(span, start=span.start + by, end=span.end + by) for span in other.spans)
        return Styled(self.text + other.text, self.spans + moved)

    def __bool__(self) -> bool:
        return bool(self.text.strip())

    def wrapped(self, kind: str, url: str = "") -> Styled:
        """The same text, all of it of this kind as well."""
        return Styled(self.text, (Span(0, len(self.text), kind, url), *self.spans)) if self else self

    def at(self, moment: datetime) -> Styled:
        """The same text, which tells this moment: a client that knows how shows it in the reader's own zone."""
        return Styled(self.text, (Span(0, len(self.text), MOMENT, moment=moment), *self.spans)) if self else self

    def between(self, start: int, end: int) -> Styled:
        """``text[start:end]`` with what of the spans lies in it: a span that is cut becomes two valid ones."""
        spans = (
            replace(span, start=max(span.start, start) - start, end=min(span.end, end) - start)
            for span in self.spans
            if span.start < end and span.end > start
        )
        return Styled(self.text[start:end], tuple(spans))

    @property
    def units(self) -> int:
        """The length as Telegram counts it."""
        return units(self.text)[-1]

    def entities(self) -> list[MessageEntity]:
        """The spans as Telegram wants them; those around nothing visible are left out, it would refuse them."""
        offsets = units(self.text)
        return [
            MessageEntity(
                span.kind,
                offsets[span.start],
                offsets[span.end] - offsets[span.start],
                url=span.url or None,
                unix_time=span.moment,
            )
            for span in self.spans
            if self.text[span.start : span.end].strip()
        ]


def units(text: str) -> list[int]:
    """How many UTF-16 units come before each character of ``text``, and, as the last value, in all of it."""
    return list(accumulate((2 if character > "\uffff" else 1 for character in text), initial=0))


def joined(parts: list[Styled], between: str = "\n") -> Styled:
    """The parts one after the other."""
    whole = Styled()
    for index, part in enumerate(parts):
        whole = whole + between + part if index else part
    return whole


def plain(text: str) -> str:
    """``text`` as it may be shown: NFC, no control or bidi characters, no halves of a character."""
    tidy = text.replace("\r\n", "\n").translate(_LINE_ENDS)
    return unicodedata.normalize("NFC", "".join(character for character in tidy if _shown(character)))


def line(text: str) -> str:
    """``plain`` on one line, for names and titles."""
    return " ".join(plain(text).split())


def _shown(character: str) -> bool:
    if character == "\n":
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _BIDI and character != "\ufeff"
