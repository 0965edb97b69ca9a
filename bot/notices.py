"""Who must learn of what became of a meeting, and when. Pure: the store writes it down with the change itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.meetings import WAITING, Meeting, Status


@dataclass(frozen=True)
class Notice:
    """Something that must reach somebody: written in the transaction that causes it, sent by the delivery.

    ``kind`` names the text. ``to`` is "visitor", "team" (its staff chat) or "mail".
    """

    kind: str
    to: str
    due_at: datetime
    details: dict[str, str] = field(default_factory=dict)


REMINDERS = {
    "reminder_day": timedelta(hours=24),
    "reminder_hour": timedelta(hours=1),
    "reminder_soon": timedelta(minutes=10),
}
_CANCELLED = (Status.CANCELLED_HOST, Status.CANCELLED_VISITOR)
_TOLD = {  # status -> what the visitor is told when a meeting comes into it
    Status.REQUESTED: "received",
    Status.COUNTERED: "proposed",
    Status.CONFIRMED: "confirmed",
    Status.DECLINED: "declined",
    Status.EXPIRED: "expired",
    Status.CANCELLED_HOST: "cancelled_by_host",
    Status.CANCELLED_VISITOR: "cancelled",
    Status.WITHDRAWN: "withdrawn",
}


def notices(meeting: Meeting, now: datetime, was: Status | None) -> list[Notice]:
    """Who must learn that ``meeting`` came from ``was`` into its state, and when. Holds concern nobody else.

    A meeting that made way for another time is not announced: the new one is, and says what it replaces.
    """
    status = meeting.status
    told: list[Notice] = []
    if status in _TOLD:
        told.append(Notice(_TOLD[status], "visitor", now))
    if was != Status.HELD or status == Status.REQUESTED:
        told.append(Notice("card", "team", now))
    if was == Status.CONFIRMED and status == Status.CANCELLED_VISITOR:
        told.append(Notice("gone", "team", now))  # a card that changes far up in the chat is seen by nobody
    if status in WAITING and meeting.answer_by:
        span = meeting.answer_by - now
        to = "team" if status == Status.REQUESTED else "visitor"
        told += [Notice("nudge", to, now + span * share) for share in (0.5, 0.9)]
    if status == Status.CONFIRMED:
        for kind, ahead in REMINDERS.items():
            due = meeting.slot.starts_at - ahead
            if due > now:
                told.append(Notice(kind, "visitor", due))
                if kind != "reminder_day":  # staff have their agenda each morning
                    told.append(Notice(kind, "team", due))
        told.append(Notice("staff_calendar", "team", now))
    if meeting.email and status == Status.CONFIRMED:
        told.append(Notice("invitation", "mail", now))
    if meeting.email and was == Status.CONFIRMED and status in _CANCELLED:
        told.append(Notice("cancellation", "mail", now))
    return told
