"""What the store hands out: plain values, so that no SQL row travels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

REMEMBERED = timedelta(hours=6)  # a thread that was left alone for longer is another visit


@dataclass(frozen=True)
class Turn:
    """One question and its answer, kept for a few hours so that a follow-up is understood and can be rated."""

    id: str  # also what the rating buttons under the answer carry
    chat_id: int
    question: str
    answer: str
    language: str
    generation: str  # of the index the answer came from: a bad rating leads back to what was known then
    at: datetime


@dataclass(frozen=True)
class Feedback:
    """A rated answer. It names the chat only so that ``Store.forget`` can find it."""

    answer_id: str
    chat_id: int
    helpful: bool
    question: str
    answer: str
    language: str
    generation: str
    at: datetime


@dataclass(frozen=True)
class OpenQuestion:
    """Asked, not answered: what the knowledge lacks. Says nothing about who asked."""

    question: str
    language: str
    asked_on: date
