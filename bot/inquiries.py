"""Partnership inquiries: what is asked, what is complete, which state may follow which. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What somebody comes with; it decides which desk gets it."""

    INVEST = "invest"
    SUPPLY = "supply"
    RESEARCH = "research"
    EXHIBIT = "exhibit"
    PRESS = "press"
    OTHER = "other"


class State(StrEnum):
    """Where an inquiry stands."""

    OPEN = "open"
    TAKEN = "taken"
    ANSWERED = "answered"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    """An event in the life of an inquiry."""

    TAKE = "take"
    ANSWER = "answer"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    ADD = "add"  # the visitor writes more


TRANSITIONS: dict[tuple[State, Step, str], State] = {
    (State.OPEN, Step.TAKE, "staff"): State.TAKEN,
    (State.OPEN, Step.ANSWER, "staff"): State.ANSWERED,
    (State.OPEN, Step.CLOSE, "staff"): State.CLOSED,
    (State.OPEN, Step.WITHDRAW, "visitor"): State.WITHDRAWN,
    (State.OPEN, Step.ADD, "visitor"): State.OPEN,
    (State.TAKEN, Step.TAKE, "staff"): State.TAKEN,  # a colleague takes over
    (State.TAKEN, Step.ANSWER, "staff"): State.ANSWERED,
    (State.TAKEN, Step.CLOSE, "staff"): State.CLOSED,
    (State.TAKEN, Step.WITHDRAW, "visitor"): State.WITHDRAWN,
    (State.TAKEN, Step.ADD, "visitor"): State.TAKEN,
    (State.ANSWERED, Step.ANSWER, "staff"): State.ANSWERED,
    (State.ANSWERED, Step.CLOSE, "staff"): State.CLOSED,
    (State.ANSWERED, Step.CLOSE, "visitor"): State.CLOSED,  # the answer was enough
    (State.ANSWERED, Step.ADD, "visitor"): State.TAKEN,
    (State.ANSWERED, Step.WITHDRAW, "visitor"): State.WITHDRAWN,
}

STANDING = frozenset({State.OPEN, State.TAKEN, State.ANSWERED})  # somebody may still say something

FIELDS = ("organisation", "name", "country", "about", "contact", "by_when")  # asked in this order, after the kind
NEEDED = ("organisation", "about")  # without these nobody could answer; all others may be skipped
LONGEST = {"organisation": 150, "name": 100, "country": 100, "about": 2000, "contact": 254, "by_when": 100}


@dataclass(frozen=True)
class Inquiry:
    """An inquiry as it stands; its ``id`` is the reference number the visitor was given."""

    id: str
    kind: Kind
    visitor_id: int
    language: str
    state: State
    version: int
    team_id: str
    created_at: datetime
    organisation: str = ""
    name: str = ""
    country: str = ""
    about: str = ""
    contact: str = ""  # empty: answered here, in the chat
    by_when: str = ""
    taken_by: str = ""  # the member's name
    changed_at: datetime | None = None


@dataclass(frozen=True)
class Remark:
    """Something said about an inquiry, by the visitor or by staff; both can read it."""

    at: datetime
    by: str  # the member's name, or "visitor"
    text: str


def missing(fields: dict[str, str]) -> list[str]:
    """What must still be asked before an inquiry can be answered."""
    return [name for name in NEEDED if not fields.get(name, "").strip()]
