"""Whether what is due shall be said now, later, or not any more. Pure.

A bot that was away for an hour must neither keep silent nor ring twice: what is still true and still of use is said, of
two reminders the truer one, and what can wait does not wake anybody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from bot.meetings import Meeting, Status
from bot.notices import REMINDERS
from bot.times import NoSuchTime, at, local_day
from bot.zones import Zone

NIGHT_BEGINS, NIGHT_ENDS = time(22), time(7)
MORNING, TOO_LATE_IN_THE_DAY = time(8), time(14)  # when the agenda goes out, and when it helps nobody any more
DAY_AHEAD = timedelta(hours=3)  # nearer than this, a reminder "of tomorrow" is one of the other two's business


@dataclass(frozen=True)
class Verdict:
    """Say it now; or ``drop`` it, and why; or wait ``until`` then."""

    drop: str = ""
    until: datetime | None = None


NOW = Verdict()


def of_reminder(kind: str, meant: datetime, meeting: Meeting, receiver: Zone, now: datetime) -> Verdict:
    """A reminder that was ``meant`` for a time, which tells whether the meeting has moved since."""
    start = meeting.slot.starts_at
    if meeting.status != Status.CONFIRMED or abs(start - REMINDERS[kind] - meant) >= timedelta(seconds=1):
        return Verdict(drop="no longer true")
    if start <= now:
        return Verdict(drop="the meeting has begun")
    if kind == "reminder_day" and start - now < DAY_AHEAD:
        return Verdict(drop="too late for it")
    if kind == "reminder_hour" and now >= start - REMINDERS["reminder_soon"]:
        return Verdict(drop="the next one says it better")
    if kind == "reminder_day" and (morning := _morning_after(now, receiver)) and start - morning > DAY_AHEAD:
        return Verdict(until=morning)
    return NOW


def of_nudge(to: str, meeting: Meeting, receiver: Zone, now: datetime) -> Verdict:
    """Who has not answered yet is reminded by day, as long as the answer can still be given then."""
    waited_for = Status.REQUESTED if to == "team" else Status.COUNTERED
    if meeting.status != waited_for or meeting.answer_by is None:
        return Verdict(drop="no longer true")
    if meeting.answer_by <= now:
        return Verdict(drop="too late to answer")
    morning = _morning_after(now, receiver)
    if morning and meeting.answer_by > morning and meeting.slot.starts_at - morning > DAY_AHEAD:
        return Verdict(until=morning)
    return NOW


def agenda_is_due(now: datetime, venue: Zone) -> bool:
    """Whether a team should have its agenda of the day by now, and would still read it."""
    return MORNING <= now.astimezone(venue).time() < TOO_LATE_IN_THE_DAY


def _morning_after(now: datetime, zone: Zone) -> datetime | None:
    """The end of the night it is there now; None by day."""
    wall = now.astimezone(zone).time()
    if NIGHT_ENDS <= wall < NIGHT_BEGINS:
        return None
    day = local_day(now, zone) + timedelta(days=wall >= NIGHT_BEGINS)
    try:
        return at(day, NIGHT_ENDS, zone)[0]
    except NoSuchTime:  # a day that a zone skipped: then there is no morning to wait for
        return None
