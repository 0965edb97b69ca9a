"""Answer, and the [n] in its text: which passage, which words, which source. Code decides them, not the model.

Pure. The rule that a model may only name numbers it was shown, and that unknown numbers are dropped, is
haiku.rag's (``store/models/citation.py``).
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.passages import Passage, Source


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
