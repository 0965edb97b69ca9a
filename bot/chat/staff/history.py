"""What became of a meeting, in words: who did what, when. Pure. Cards, toasts and /history say it alike."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from bot import times
from bot.chat.staff.reasons import worded
from bot.chat.styled import BOLD, Styled, joined, line
from bot.meetings import Meeting, Member, Status
from bot.store import Entry
from bot.texts import say
from bot.zones import Zone, zone


def became(entry: Entry, members: Iterable[Member], language: str) -> str:
    """``confirmed by Jihun``: what happened and through whom, to stand within a sentence."""
    # A member who left the file is no longer known by name; what they did stays.
    who = next((line(member.name) for member in members if member.id == entry.actor), line(entry.actor))
    return say(language, f"staff_became.{_event(entry)}", who=who)


def moment(at: datetime, now: datetime, venue: Zone, language: str) -> str:
    """The time at the venue, with its day where that is not today."""
    if times.local_day(at, venue) == times.local_day(now, venue):
        return f"{times.clock(at, venue)} {times.zone_label(venue, at, language)}"
    return times.moment_text(at, venue, language)


def truth(meeting: Meeting, entries: list[Entry], members: Iterable[Member], now: datetime, language: str) -> str:
    """``Already confirmed by Jihun at 14:02 KST``: for whoever presses what somebody else has just pressed."""
    if not entries or entries[-1].became != meeting.status:
        return say(language, "staff.changed", status=say(language, f"staff_status.{meeting.status}"))
    last = entries[-1]
    time = moment(last.at, now, zone(meeting.slot.zone), language)
    return say(language, "staff.already", what=became(last, members, language), time=time)


def told(meeting: Meeting, entries: list[Entry], members: Sequence[Member], language: str) -> Styled:
    """All of a meeting's life, a line each, oldest first, in the venue's time."""
    venue = zone(meeting.slot.zone)
    rows = [Styled(say(language, "staff.history", reference=meeting.id)).wrapped(BOLD)]
    for entry in entries:
        time = times.moment_text(entry.at, venue, language)
        row = Styled(time).at(entry.at) + f": {became(entry, members, language)}"
        rows.append(row + (f" ({worded(entry.reason, language)})" if entry.reason else ""))
    return joined(rows)


def _event(entry: Entry) -> str:
    """The name of its sentence: mostly the state it led to, where visitor and clock are not who usually does it."""
    if entry.became == Status.CONFIRMED and entry.actor == "visitor":
        return "accepted"
    if entry.became == Status.COMPLETED and entry.actor in ("clock", "visitor"):
        return "over"
    return entry.became
