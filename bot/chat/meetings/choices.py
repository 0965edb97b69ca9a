"""What can be chosen, as messages with buttons: hosts, days, times. Everything is read anew at each look."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby

from telegram import InlineKeyboardButton, InlineKeyboardMarkup

from bot import times
from bot.chat.appointments import team_name
from bot.chat.buttons import button, in_rows
from bot.chat.meetings.guests import Guest, Page, asked
from bot.chat.styled import BOLD, Styled
from bot.meetings import Reason, Refused, Slot, Team
from bot.store import Store
from bot.texts import say
from bot.zones import zone

HOSTS, DAYS, TIMES, NEAR = 6, 15, 15, 6  # on one page: with what stands below never more than eight rows


class Choices:
    """Reads the agenda for whoever looks."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def team(self, team_id: str) -> Team:
        """The team, if it takes meetings. Raises Refused(UNKNOWN)."""
        teams = await asked(self._store.pavilion.teams)
        found = next((team for team in teams if team.id == team_id), None)
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return found

    async def named(self, team_id: str) -> Team:
        """The team, also one that takes no meetings any more. Raises Refused(UNKNOWN)."""
        found = await asked(self._store.pavilion.team, team_id)
        if found is None:
            raise Refused(Reason.UNKNOWN)
        return found

    async def hosts(self, guest: Guest, page: int = 0, before: Styled | None = None) -> Page:
        """Whom one can meet."""
        teams = await asked(self._store.pavilion.teams)
        if not teams:
            return Page(Styled(guest.say("meetings.no_hosts")))
        rows = [
            [button(team_name(team, guest.language), f"b:t:{team.id}")]
            for team in teams[page * HOSTS : (page + 1) * HOSTS]
        ]
        rows += turning(page, len(teams), HOSTS, "b:h:{}")
        return Page(under(before, guest.say("meetings.choose_host")), InlineKeyboardMarkup([*rows, [stop(guest)]]))

    async def days(
        self, guest: Guest, team: Team, page: int = 0, before: Styled | None = None, others: bool = True
    ) -> Page:
        """On which days; full ones are marked and lead to the waiting list. ``others``: the host may be changed."""
        days = await self.calendar(guest, team)
        back = [[*([button(guest.say("meetings.other_hosts"), "b:h:0")] if others else []), stop(guest)]]
        if not days:
            text = under(before, guest.say("meetings.no_days", team=team_name(team, guest.language)))
            return Page(text, InlineKeyboardMarkup(back))
        shown = sorted(days)[page * DAYS : (page + 1) * DAYS]
        buttons = [
            button(("" if days[day] else "✗ ") + times.day(day, guest.language), f"b:d:{team.id}:{day:%Y%m%d}")
            for day in shown
        ]
        text = Styled(team_name(team, guest.language)).wrapped(BOLD) + "\n" + guest.say("meetings.choose_day")
        if not all(days[day] for day in shown):
            text += "\n" + guest.say("meetings.full_days")
        rows = in_rows(buttons) + turning(page, len(days), DAYS, f"b:p:{team.id}:00000000:{{}}")
        return Page(under(before, text), InlineKeyboardMarkup(rows + back))

    async def times(self, guest: Guest, team: Team, day: date, page: int = 0, before: Styled | None = None) -> Page:
        """At what times of a day; of a full one, the waiting list."""
        free = once(await self.free(guest, team, day))
        if not free:
            return await self.full(guest, team, day, before)
        buttons = [_of_slot(slot) for slot in free[page * TIMES : (page + 1) * TIMES]]
        venue, first = zone(free[0].zone), free[0].starts_at
        text = Styled(f"{team_name(team, guest.language)}, {times.day(day, guest.language)}").wrapped(BOLD)
        label = times.zone_label(venue, first, guest.language)
        text += "\n" + guest.say("meetings.choose_time", zone=label)
        if theirs := await asked(self._store.people.zone_of, guest.id):
            here = times.both(first, venue, zone(theirs), guest.language)[1]
            if here:
                text += "\n" + guest.say("meetings.time_for_you", there=times.clock(first, venue), here=here)
        rows = in_rows(buttons) + turning(page, len(free), TIMES, f"b:p:{team.id}:{day:%Y%m%d}:{{}}")
        return Page(under(before, text), InlineKeyboardMarkup([*rows, self._back(guest, team)]))

    async def full(self, guest: Guest, team: Team, day: date, before: Styled | None = None) -> Page:
        """A day without a free seat."""
        days = await self.calendar(guest, team)
        rows = [self._back(guest, team)]
        named = {"team": team_name(team, guest.language), "day": times.day(day, guest.language)}
        if day not in days:
            return Page(under(before, guest.say("meetings.day_closed", **named)), InlineKeyboardMarkup(rows))
        rows.insert(0, [button(guest.say("meetings.join_waitlist"), f"b:w:{team.id}:{day:%Y%m%d}")])
        return Page(under(before, guest.say("meetings.day_full", **named)), InlineKeyboardMarkup(rows))

    async def near(self, guest: Guest, team: Team, moment: datetime, before: Styled, day: date | None = None) -> Page:
        """The free times nearest to one that is not free, of that day or of any."""
        free = once(await self.free(guest, team, day))
        nearest = sorted(sorted(free, key=lambda slot: abs(slot.starts_at - moment))[:NEAR], key=lambda s: s.starts_at)
        if not nearest:
            return await self.days(guest, team, before=before)
        buttons = in_rows([dated(slot, guest.language) for slot in nearest], 2)
        text = under(before, guest.say("meetings.nearest"))
        return Page(text, InlineKeyboardMarkup([*buttons, self._back(guest, team)]))

    async def free(self, guest: Guest, team: Team, day: date | None = None) -> list[Slot]:
        """What is free for this guest now."""
        return [free.slot for free in await asked(self._store.agenda.free, team.id, guest.now, day)]

    async def calendar(self, guest: Guest, team: Team) -> dict[date, bool]:
        """Day at the venue -> whether anything is free on it; days without any times are not there."""
        since, until = guest.now + team.notice, guest.now + team.horizon
        slots = await asked(self._store.pavilion.slots, team.id, since, until)
        days = {_day(slot): False for slot in slots if slot.open}
        return days | {_day(slot): True for slot in await self.free(guest, team)}

    def _back(self, guest: Guest, team: Team) -> list[InlineKeyboardButton]:
        return [button(guest.say("meetings.other_days"), f"b:p:{team.id}:00000000:0"), stop(guest)]


def dated(slot: Slot, language: str) -> InlineKeyboardButton:
    """A time with its day, where buttons of several days stand together."""
    venue = zone(slot.zone)
    day = times.day(_day(slot), language)
    return button(f"{day} {times.clock(slot.starts_at, venue)}", f"b:s:{slot.id}")


def once(slots: Sequence[Slot]) -> list[Slot]:
    """One slot for each time: which of two tables it is, is not the visitor's worry."""
    return [next(group) for _, group in groupby(slots, key=lambda slot: slot.starts_at)]


def turning(page: int, total: int, size: int, data: str) -> list[list[InlineKeyboardButton]]:
    """‹ and ›, where there is somewhere to turn to."""
    row = [button("‹", data.format(page - 1))] if page else []
    row += [button("›", data.format(page + 1))] if (page + 1) * size < total else []
    return [row] if row else []


def stop(guest: Guest) -> InlineKeyboardButton:
    """Ends the booking; it also marks a message as the booking's own, which may be changed in place."""
    return button(say(guest.language, "meetings.stop"), "b:x")


def under(before: Styled | None, text: Styled | str) -> Styled:
    """``text`` below what has to be said first."""
    return before + "\n\n" + text if before else Styled() + text


def _of_slot(slot: Slot) -> InlineKeyboardButton:
    return button(times.clock(slot.starts_at, zone(slot.zone)), f"b:s:{slot.id}")


def _day(slot: Slot) -> date:
    return times.local_day(slot.starts_at, zone(slot.zone))
