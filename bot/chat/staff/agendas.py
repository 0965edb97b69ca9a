"""What a day holds for a team, drawn from what the store was asked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import times
from bot.chat.appointments import team_name
from bot.chat.splitting import cut
from bot.chat.staff.cards import MARKS, button, in_rows
from bot.chat.styled import BOLD, Styled, joined, line
from bot.meetings import Meeting, Member, Status, Team
from bot.texts import say
from bot.zones import zone

ALL, MINE = "all", "mine"
A_PAGE = 12  # meetings; each has a button with its number
NAME = 40  # characters of a name in a list


@dataclass(frozen=True)
class Agenda:
    """A day of some teams, or, with ``host``, of one member."""

    day: date
    venue: str
    meetings: Sequence[Meeting]
    teams: Sequence[Team]
    names: Mapping[str, str]  # of the staff, by id
    waiting: int
    host: Member | None = None
    page: int = 0

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(0, (len(self.meetings) - 1) // A_PAGE)

    @property
    def shown(self) -> Sequence[tuple[int, Meeting]]:
        """The meetings of the page with their numbers."""
        start = min(self.page, self.last) * A_PAGE
        return list(enumerate(self.meetings, 1))[start : start + A_PAGE]


def text(agenda: Agenda, language: str) -> Styled:
    """The day in words: what waits first, then each meeting by its time at the venue."""
    day = times.day(agenda.day, language)
    if agenda.host:
        title = say(language, "staff.agenda_of", name=line(agenda.host.name), day=day)
    else:
        title = say(language, "staff.agenda", day=day)
    if len(agenda.teams) == 1:
        title += f" · {team_name(agenda.teams[0], language)}"
    head = [Styled(f"📅 {title}").wrapped(BOLD)]
    if agenda.waiting:
        head.append(Styled(say(language, "staff.agenda_waiting", count=agenda.waiting)))
    if not agenda.meetings:
        return joined([*head, Styled(say(language, "staff.agenda_empty"))])
    venue = zone(agenda.venue)
    label = times.zone_label(venue, agenda.meetings[0].slot.starts_at, language)
    head.append(Styled(say(language, "staff.agenda_zone", zone=label)))
    rows = [Styled(_line(number, one, agenda, language)) for number, one in agenda.shown]
    return joined([joined(head), joined(rows), Styled(say(language, "staff.agenda_hint"))], "\n\n")


def buttons(agenda: Agenda, language: str) -> InlineKeyboardMarkup:
    """The cards by their numbers, the days before and after, and whose meetings are shown."""
    scope = f"of-{agenda.host.id}" if agenda.host else ALL
    numbers = [button(str(number), "card", one) for number, one in agenda.shown]
    rows = in_rows(numbers, 3)
    pages = [
        _turn(sign, agenda.day, scope, page)
        for sign, page in (("‹", agenda.page - 1), ("›", agenda.page + 1))
        if 0 <= page <= agenda.last
    ]
    rows += [pages] if pages else []
    before, after = (agenda.day + timedelta(days=days) for days in (-1, 1))
    rows.append(
        [
            _turn(f"‹ {times.day(before, language)}", before, scope),
            _turn(f"{times.day(after, language)} ›", after, scope),
        ]
    )
    other = _turn(say(language, "staff.button_all"), agenda.day, ALL)
    rows.append([other if agenda.host else _turn(say(language, "staff.button_mine"), agenda.day, MINE)])
    return InlineKeyboardMarkup(rows)


def _line(number: int, meeting: Meeting, agenda: Agenda, language: str) -> str:
    """``1. ✅ 10:00–10:25 Anna Müller, Müller GmbH · Tuen · Table 1 · Jihun``"""
    slot, venue = meeting.slot, zone(agenda.venue)
    who = line(meeting.name) or say(language, "staff.forgotten")
    guest = ", ".join(cut(part, NAME) for part in (who, line(meeting.organisation)) if part)
    team = next((team_name(one, language) for one in agenda.teams if one.id == slot.team_id), "")
    stands = "" if meeting.status == Status.CONFIRMED else say(language, f"staff_status.{meeting.status}")
    parts = [
        guest,
        cut(team, NAME) if len(agenda.teams) > 1 else "",
        cut(line(slot.place), NAME),
        cut(line(agenda.names.get(meeting.member_id or "", "")), NAME),
        stands,
    ]
    span = f"{times.clock(slot.starts_at, venue)}–{times.clock(slot.ends_at, venue)}"
    return f"{number}. {MARKS.get(meeting.status, '⚪')} {span} " + " · ".join(part for part in parts if part)


def _turn(text: str, day: date, scope: str, page: int = 0) -> InlineKeyboardButton:
    """``scope`` is whose meetings: everybody's, those of whoever presses, or ``of-`` somebody."""
    return InlineKeyboardButton(text, callback_data=f"s:agenda:{day.isoformat().replace('-', '')}:{scope}:{page}")
