"""What a library holds, what a search finds in it, and how well that fits the question. Pure values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from bot.passages import Passage


@dataclass(frozen=True)
class Hit:
    """A passage that a search found.

    ``score`` orders the hits of one question and says nothing across questions; ``similarity`` is the cosine of
    question and passage, ``coverage`` the share (0 to 1) of the question's idf mass that the passage's words hold.
    """

    passage: Passage
    score: float
    similarity: float
    standout: float  # the similarity as a z-score over all passages
    coverage: float
    attribute: float  # the same for the words of the question that are no names; 1 where there are none


@dataclass(frozen=True)
class Rating:
    """How well a text fits a question: cosine, and coverage (0 to 1) of the question's idf mass by its words."""

    similarity: float
    coverage: float
    vector: tuple[float, ...]


@dataclass(frozen=True)
class Entry:
    """A document of the library."""

    path: str
    title: str
    language: str
    as_of: str
    review_by: str


@dataclass(frozen=True)
class Overview:
    """What the library holds and how fresh it is."""

    generation: str
    built_at: datetime
    documents: tuple[Entry, ...]
