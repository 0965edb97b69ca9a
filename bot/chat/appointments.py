"""A meeting in words: when, where, with whom. The venue's time first, then the visitor's, both labelled. Pure."""

from __future__ import annotations

from datetime import datetime

from bot import times
from bot.chat.styled import BOLD, Styled, joined, line
from bot.meetings import Meeting, Slot, Team
from bot.texts import say
from bot.zones import zone


def when(slot: Slot, language: str, visitor_zone: str = "", whose: str = "") -> Styled:
    """``Wed 16 Sep, 15:00–15:25 KST (venue) · 08:00 CEST (you)``; Telegram shows the reader's own time on a tap.

    ``whose`` stands in place of "you" where it is not the visitor who reads.
    """
    venue = zone(slot.zone)
    shown = Styled(times.span(slot.starts_at, slot.ends_at, venue, language)).at(slot.starts_at)
    here = times.both(slot.starts_at, venue, zone(visitor_zone), language)[1] if visitor_zone else ""
    if not here:
        return shown
    return shown + f" ({say(language, 'meetings.venue')}) · {here} ({whose or say(language, 'meetings.you')})"


def deadline(moment: datetime, slot: Slot, language: str, visitor_zone: str = "") -> Styled:
    """A moment that something must happen by: on the venue's clocks, then on the visitor's."""
    there, here = times.both(moment, zone(slot.zone), zone(visitor_zone or slot.zone), language)
    shown = Styled(there).at(moment)
    if not here:
        return shown
    return shown + f" ({say(language, 'meetings.venue')}) · {here} ({say(language, 'meetings.you')})"


def slot_label(slot: Slot, language: str) -> str:
    """A slot on a button: ``Wed 16 Sep 15:00 KST``, the venue's time, as the text above says."""
    venue = zone(slot.zone)
    day = times.day(times.local_day(slot.starts_at, venue), language)
    return f"{day} {times.clock(slot.starts_at, venue)} {times.zone_label(venue, slot.starts_at, language)}"


def described(meeting: Meeting, team: Team, language: str, member: str = "") -> Styled:
    """The meeting as its visitor should see it: with whom, when, where, and what was said about it."""
    labelled: list[tuple[str, Styled | str]] = [
        ("with", team_name(team, language) + (f" ({line(member)})" if member else "")),
        ("when", when(meeting.slot, language, meeting.zone)),
        ("where", line(meeting.slot.place)),
        ("name", line(meeting.name)),
        ("organisation", line(meeting.organisation)),
        ("topic", line(meeting.topic)),
        ("email", line(meeting.email)),
    ]
    rows = [label(language, key) + value for key, value in labelled if value]
    return joined(rows)


def label(language: str, key: str) -> Styled:
    """The bold word before a value."""
    return Styled(say(language, f"meetings.label_{key}")).wrapped(BOLD) + " "


def team_name(team: Team, language: str) -> str:
    """The team's name; of the demonstration fair with a word that says so."""
    name = line(team.name(language))
    return f"{name} {say(language, 'meetings.fictional')}" if team.fictional else name
