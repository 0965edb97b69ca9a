"""Slot, Meeting, and which state may follow which. Pure: the store asks here what is allowed and does it.

A meeting is *held* while its visitor types, *requested* until staff answer, *countered* when staff proposed another
time, then *confirmed*. These four occupy time. Every other state is an end: no edge leaves it, and what comes after is
a new meeting. The table below is the whole truth; a test walks it state by event by actor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where a meeting stands."""

    HELD = "held"
    REQUESTED = "requested"
    COUNTERED = "countered"
    CONFIRMED = "confirmed"
    ABANDONED = "abandoned"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    CANCELLED_VISITOR = "cancelled_visitor"
    CANCELLED_HOST = "cancelled_host"
    RESCHEDULED = "rescheduled"
    COMPLETED = "completed"
    NO_SHOW = "no_show"


ACTIVE = frozenset({Status.HELD, Status.REQUESTED, Status.COUNTERED, Status.CONFIRMED})
WAITING = frozenset({Status.REQUESTED, Status.COUNTERED})  # for somebody's answer


class Event(StrEnum):
    """What can happen to a meeting."""

    SEND = "send"  # the visitor sends the request
    CONFIRM = "confirm"
    DECLINE = "decline"
    PROPOSE = "propose"  # staff propose another time
    ACCEPT = "accept"  # the visitor takes the proposed time
    WITHDRAW = "withdraw"  # the visitor no longer wants it, or refuses the proposed time
    CANCEL = "cancel"  # either side, after it was confirmed
    EXPIRE = "expire"
    REPLACE = "replace"  # another time was agreed on: this meeting makes way for it
    COMPLETE = "complete"
    MISS = "miss"  # the visitor did not come


class Actor(StrEnum):
    """Who makes it happen."""

    VISITOR = "visitor"
    STAFF = "staff"
    CLOCK = "clock"


S, V, A = Status, Event, Actor
TRANSITIONS: dict[tuple[Status, Event, Actor], Status] = {
    (S.HELD, V.SEND, A.VISITOR): S.REQUESTED,
    (S.HELD, V.WITHDRAW, A.VISITOR): S.ABANDONED,
    (S.HELD, V.EXPIRE, A.CLOCK): S.ABANDONED,
    (S.REQUESTED, V.CONFIRM, A.STAFF): S.CONFIRMED,
    (S.REQUESTED, V.DECLINE, A.STAFF): S.DECLINED,
    (S.REQUESTED, V.PROPOSE, A.STAFF): S.COUNTERED,
    (S.REQUESTED, V.WITHDRAW, A.VISITOR): S.WITHDRAWN,
    (S.REQUESTED, V.EXPIRE, A.CLOCK): S.EXPIRED,
    (S.COUNTERED, V.ACCEPT, A.VISITOR): S.CONFIRMED,
    (S.COUNTERED, V.WITHDRAW, A.VISITOR): S.WITHDRAWN,
    (S.COUNTERED, V.DECLINE, A.STAFF): S.DECLINED,
    (S.COUNTERED, V.EXPIRE, A.CLOCK): S.EXPIRED,
    (S.CONFIRMED, V.CANCEL, A.VISITOR): S.CANCELLED_VISITOR,
    (S.CONFIRMED, V.CANCEL, A.STAFF): S.CANCELLED_HOST,
    (S.CONFIRMED, V.REPLACE, A.STAFF): S.RESCHEDULED,  # staff confirm the visitor's new time
    (S.CONFIRMED, V.REPLACE, A.VISITOR): S.RESCHEDULED,  # the visitor accepts the staff's new time
    (S.CONFIRMED, V.COMPLETE, A.STAFF): S.COMPLETED,
    (S.CONFIRMED, V.COMPLETE, A.CLOCK): S.COMPLETED,
    (S.CONFIRMED, V.MISS, A.STAFF): S.NO_SHOW,
}
del S, V, A


def next_status(status: Status, event: Event, actor: Actor) -> Status | None:
    """What ``event`` by ``actor`` makes of a meeting; None where it may not happen."""
    return TRANSITIONS.get((status, event, actor))


class Reason(StrEnum):
    """Why something asked for was not done. Each has its sentence in ``texts`` under ``refusals``."""

    TAKEN = "taken"  # no seat is free any more
    CLOSED = "closed"  # the slot is not, or no longer, open
    TOO_SOON = "too_soon"  # less than the team's notice before it begins
    TOO_FAR = "too_far"  # beyond the booking horizon
    OVERLAP = "overlap"  # the visitor has another meeting then
    ALREADY = "already"  # the visitor has this very slot
    HOST_BUSY = "host_busy"  # whoever should go has another meeting then
    PENDING = "pending"  # too many unanswered requests
    DAY_FULL = "day_full"  # too many meetings on one day
    TOO_MANY = "too_many"  # too many requests or cancellations in a short time
    BLOCKED = "blocked"
    LAPSED = "lapsed"  # the hold, the offer or the request ran out
    CHANGED = "changed"  # somebody else was faster: the text tells what became of it
    NOT_YOURS = "not_yours"
    NOT_ALLOWED = "not_allowed"  # the table above has no such edge
    UNKNOWN = "unknown"  # no such meeting, slot or team
    INCOMPLETE = "incomplete"  # what staff need in order to answer is missing
    NO_CONSENT = "no_consent"


class Refused(Exception):
    """It was not done, and why; ``meeting`` is how things stand, where there is one."""

    def __init__(self, reason: Reason, meeting: Meeting | None = None) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.meeting = meeting


@dataclass(frozen=True)
class Team:
    """Whom one can meet: a company, a desk of the pavilion. ``chat_id`` is where its staff get their cards."""

    id: str  # a-z 0-9 -, at most 24: it stands in deep links and buttons
    names: dict[str, str]  # per language; "en" is always there
    entity: str = ""  # of the glossary, for "Meet …" under an answer about it
    chat_id: int = 0
    notice: timedelta = timedelta(minutes=60)  # a request must come so long before
    horizon: timedelta = timedelta(days=60)  # and not earlier than this
    inquiries: tuple[str, ...] = ()  # the kinds of inquiries that come to this desk
    fictional: bool = False  # of the demonstration fair: said wherever the team is named
    zone: str = "UTC"  # of the venue, IANA

    def name(self, language: str) -> str:
        """The team's name in the visitor's language."""
        return self.names.get(language) or self.names["en"]


@dataclass(frozen=True)
class Member:
    """Somebody of a team. Whoever has a ``telegram_id`` may decide for the member's teams, and nobody else."""

    id: str
    name: str
    teams: tuple[str, ...]
    telegram_id: int | None = None
    language: str = "en"


@dataclass(frozen=True)
class Slot:
    """A time that can be booked. ``before`` and ``after`` keep whoever goes, and the place, free around it."""

    id: int
    team_id: str
    starts_at: datetime
    ends_at: datetime
    zone: str  # of the venue, IANA
    place: str = ""
    capacity: int = 1
    before: timedelta = timedelta(0)
    after: timedelta = timedelta(0)
    open: bool = True


@dataclass(frozen=True)
class Meeting:
    """A visitor's seat in a slot, and how it stands. ``version`` grows with every change."""

    id: str
    root_id: str  # of the chain of rescheduled meetings: what calendars know it by
    slot: Slot
    seat: int
    visitor_id: int
    status: Status
    version: int
    language: str
    zone: str  # the visitor's, IANA; empty while unknown
    created_at: datetime
    replaces_id: str | None = None
    member_id: str | None = None  # who goes
    name: str = ""
    organisation: str = ""
    topic: str = ""
    email: str = ""
    hold_until: datetime | None = None
    answer_by: datetime | None = None
    reason: str = ""  # why it was declined or cancelled
    decided_by: str = ""  # the member's name, or "visitor", "clock"
    decided_at: datetime | None = None
    sequence: int = 0  # of the iCalendar chain
    requested_at: datetime | None = None

    @property
    def active(self) -> bool:
        """Whether it occupies time."""
        return self.status in ACTIVE


@dataclass(frozen=True)
class Limits:
    """How much one visitor may ask for. A place is given back when a request ends, whichever way."""

    pending: int = 3
    confirmed_a_day: int = 4
    requests_an_hour: int = 6
    cancellations_a_day: int = 3
    holds_a_day: int = 40  # that come to nothing: else one visitor could keep a seat from all others for days
    waits: int = 6  # days to wait for at once: each may keep a seat from others for as long as its offer stands
    hold: timedelta = timedelta(minutes=5)
    offer: timedelta = timedelta(minutes=15)  # from the waiting list


@dataclass(frozen=True)
class Details:
    """What a visitor says about a meeting. None leaves what is there."""

    name: str | None = None
    organisation: str | None = None
    topic: str | None = None
    email: str | None = None


LONGEST = {"name": 100, "organisation": 150, "topic": 500, "email": 254}


def answer_by(now: datetime, starts_at: datetime, notice: timedelta) -> datetime:
    """Until when staff answer: a day long before the meeting, less as it comes near, always before it begins."""
    ahead = starts_at - now
    span = timedelta(days=1) if ahead > timedelta(days=3) else timedelta(hours=2)
    if ahead <= timedelta(days=1):
        span = timedelta(minutes=30)
    return min(now + span, max(starts_at - notice / 2, now + ahead / 2))


BUCKET = timedelta(minutes=5)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def buckets(start: datetime, end: datetime) -> range:
    """The five-minute buckets that ``[start, end)`` touches, counted from the year 2000."""
    return range((start - _EPOCH) // BUCKET, -((_EPOCH - end) // BUCKET))
