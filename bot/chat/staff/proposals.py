"""Proposing another time to a visitor: a day, a time, who goes."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date

from bot import times
from bot.chat.appointments import when
from bot.chat.splitting import cut
from bot.chat.staff.cards import NAME, button
from bot.chat.staff.presses import Press, Screen, Step, paged
from bot.chat.styled import BOLD, Styled, line
from bot.meetings import Reason, Refused, Slot
from bot.store import Store
from bot.zones import zone


class Proposals:
    """The steps from "another time" to the visitor being asked."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.steps: Mapping[str, Step] = {
            "move": self._days,
            "day": self._times,
            "time": self._who,
            "offer": self._offer,
        }

    async def _days(self, press: Press) -> Screen:
        """The days on which the team has free times."""
        days = sorted({_day(slot) for slot in await self._free(press)})
        if not days:
            return Screen(press.tell("staff.none_free"))
        choices = [button(times.day(day, press.badge.shared), "day", press.meeting, f"{day:%Y%m%d}-0") for day in days]
        return Screen(
            question=Styled(press.say("staff.ask_day")), rows=paged(press, "move", choices, _page(press.more), 3)
        )

    async def _times(self, press: Press) -> Screen:
        """The free times of a day."""
        chosen, _, page = press.more.partition("-")
        day = _date(chosen)
        free = [slot for slot in await self._free(press) if _day(slot) == day]
        if not free:
            raise Refused(Reason.TAKEN)
        at_once = Counter(slot.starts_at for slot in free)
        width = 2 if max(at_once.values()) > 1 else 3
        choices = [button(_label(slot, at_once[slot.starts_at] > 1), "time", press.meeting, slot.id) for slot in free]
        question = press.say("staff.ask_time", day=times.day(day, press.badge.shared))
        return Screen(question=Styled(question), rows=paged(press, "day", choices, _page(page), width, f"{chosen}-"))

    async def _who(self, press: Press) -> Screen:
        """Who goes then; where there is only one, the time itself is the proposal."""
        number, _, page = press.more.partition("-")
        slot = next((slot for slot in await self._free(press) if str(slot.id) == number), None)
        if slot is None:
            raise Refused(Reason.TAKEN)
        choices = [
            button(cut(line(one.name), NAME), "offer", press.meeting, slot.id, one.id) for one in press.card.members
        ]
        shown = when(slot, press.badge.shared, press.meeting.zone, press.say("staff.visitors_time"))
        question = Styled(press.say("staff.proposed_time")).wrapped(BOLD) + " " + shown
        question = question + "\n" + press.say("staff.ask_who")
        return Screen(question=question, rows=paged(press, "time", choices, _page(page), 2, f"{number}-"))

    async def _offer(self, press: Press) -> Screen:
        """Ask the visitor."""
        number, _, member_id = press.more.partition(":")
        if not re.fullmatch(r"[0-9]{1,9}", number):
            raise Refused(Reason.UNKNOWN)
        meeting, propose = press.meeting, self._store.decisions.propose
        await asyncio.to_thread(propose, meeting.id, meeting.version, press.user_id, int(number), member_id, press.now)
        return Screen(press.tell("staff.done_proposed"))

    async def _free(self, press: Press) -> list[Slot]:
        free = await asyncio.to_thread(self._store.agenda.free, press.card.team.id, press.now)
        return [one.slot for one in free if one.slot.id != press.meeting.slot.id]


def _day(slot: Slot) -> date:
    return times.local_day(slot.starts_at, zone(slot.zone))


def _label(slot: Slot, with_place: bool) -> str:
    """The time; two at once are told apart by their place."""
    clock = times.clock(slot.starts_at, zone(slot.zone))
    return f"{clock} · {cut(line(slot.place), NAME)}" if with_place and slot.place else clock


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Refused(Reason.UNKNOWN) from None


def _page(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
