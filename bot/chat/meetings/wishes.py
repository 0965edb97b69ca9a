"""Wishes: a meeting asked for in words. What was understood is said in both zones; only a tap keeps a seat."""

from __future__ import annotations

import logging
from datetime import date, datetime

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot import times
from bot.chat.appointments import team_name
from bot.chat.asides import private_link
from bot.chat.buttons import button, in_rows
from bot.chat.knowledge import Knowledge
from bot.chat.meetings.choices import Choices, dated, once, stop, under
from bot.chat.meetings.guests import Guest, Page, asked, guest_of
from bot.chat.sending import Sender
from bot.chat.styled import BOLD, Styled
from bot.chat.visitors import Place, Visitors
from bot.chat.work import background
from bot.meetings import Slot, Team
from bot.phrases import Spoken
from bot.store import Store
from bot.wishes import Wish, wish_of
from bot.zones import Zone, zone

logger = logging.getLogger(__name__)

READINGS = 4  # of what may have been meant
_PROBLEMS = {"past": "wishes.past", "impossible": "wishes.impossible", "ambiguous": "wishes.unclear"}


class Wishes:
    """Listens for meetings asked for in words."""

    def __init__(self, library: Knowledge, store: Store, visitors: Visitors, sender: Sender) -> None:
        self._library = library
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._choices = Choices(store)

    async def hear(self, update: Update, place: Place, text: str) -> bool:
        """Offer what the text wishes for. False where it wishes for nothing of the kind."""
        teams = list(background().teams)
        guest = await guest_of(update, self._visitors, self._sender.clock.now())
        if not teams or guest is None:
            return False
        venue = zone(teams[0].zone)
        wish = wish_of(text, teams, await self._mentioned(text), guest.now, venue)
        if wish is None:
            return False
        if not place.private:
            payload = f"meet-{wish.teams[0]}" if len(wish.teams) == 1 else "meet"
            link = private_link(self._sender.bot.username, payload)
            keyboard = InlineKeyboardMarkup.from_button(InlineKeyboardButton(guest.say("buttons.in_private"), url=link))
            await self._sender.send(place, guest.say("chat.in_private"), keyboard)
            return True
        page = await self._answer(guest, wish, teams, venue)
        await self._sender.send(place, page.text, page.keyboard)
        return True

    async def _mentioned(self, text: str) -> tuple[str, ...]:
        try:
            return tuple(await asked(self._library.mentioned, text))
        except Exception:
            logger.exception("names could not be looked up, going by the teams' own")
            return ()

    async def _answer(self, guest: Guest, wish: Wish, teams: list[Team], venue: Zone) -> Page:
        spoken = wish.spoken
        meant = [team for team in teams if team.id in wish.teams]
        one = meant[0] if len(meant) == 1 else teams[0] if len(teams) == 1 else None
        echo = await self._echo(guest, one, spoken, venue)
        choice = bool(spoken.alternatives or spoken.days)
        if spoken.problem and not (spoken.problem == "ambiguous" and choice):
            echo = Styled(guest.say(_PROBLEMS[spoken.problem]))
        if one is None:
            return await self._which_host(guest, echo, meant or teams, spoken)
        if spoken.problem and choice:
            return await self._which_time(guest, one, echo, spoken, venue)
        if spoken.problem:
            return await self._choices.days(guest, one, before=echo)
        if spoken.moment is not None:
            return await self._at(guest, one, echo, spoken.moment, venue)
        if spoken.day is not None:
            return await self._choices.times(guest, one, spoken.day, before=echo)
        return await self._choices.days(guest, one)

    async def _at(self, guest: Guest, team: Team, echo: Styled, moment: datetime, venue: Zone) -> Page:
        """Exactly that time if it is free, else what is near it that day, else other days and the waiting list."""
        day = times.local_day(moment, venue)
        slot = await self._free_at(guest, team, moment)
        if slot is None:
            before = echo + "\n" + guest.say("wishes.not_free")
            if not await self._choices.free(guest, team, day):
                return await self._choices.full(guest, team, day, before)
            return await self._choices.near(guest, team, moment, before, day)
        rows = [
            [button(guest.say("wishes.take", time=times.clock(moment, venue)), f"b:s:{slot.id}")],
            [button(guest.say("wishes.other_times"), f"b:d:{team.id}:{day:%Y%m%d}"), stop(guest)],
        ]
        return Page(echo + "\n\n" + guest.say("wishes.free"), InlineKeyboardMarkup(rows))

    async def _which_host(self, guest: Guest, echo: Styled, teams: list[Team], spoken: Spoken) -> Page:
        """Nobody, or several, were named: what was said of the time stays in the buttons."""
        buttons = []
        for team in teams[:6]:
            data = f"b:t:{team.id}"
            if spoken.moment is not None and (slot := await self._free_at(guest, team, spoken.moment)):
                data = f"b:s:{slot.id}"
            elif spoken.day is not None:
                data = f"b:d:{team.id}:{spoken.day:%Y%m%d}"
            buttons.append([button(team_name(team, guest.language), data)])
        text = under(echo if echo else None, guest.say("meetings.choose_host"))
        return Page(text, InlineKeyboardMarkup([*buttons, [stop(guest)]]))

    async def _which_time(self, guest: Guest, team: Team, echo: Styled, spoken: Spoken, venue: Zone) -> Page:
        """Several readings: each is a button, the seat itself where one is free."""
        calendar = await self._choices.calendar(guest, team)
        moments = [one for one in spoken.alternatives if times.local_day(one, venue) in calendar][:READINGS]
        days = [one for one in spoken.days if one in calendar][:READINGS] if not spoken.alternatives else []
        if not moments and not days:  # each would only lead to "no meetings on this day"
            before = under(echo if echo else None, guest.say("wishes.not_free"))
            return await self._choices.days(guest, team, before=before)
        buttons = [await self._reading(guest, team, moment, venue) for moment in moments]
        buttons += [button(times.day(day, guest.language), f"b:d:{team.id}:{day:%Y%m%d}") for day in days]
        text = under(echo if echo else None, guest.say("wishes.which"))
        back = [button(guest.say("meetings.other_days"), f"b:p:{team.id}:00000000:0"), stop(guest)]
        return Page(text, InlineKeyboardMarkup([*in_rows(buttons, 2), back]))

    async def _reading(self, guest: Guest, team: Team, moment: datetime, venue: Zone) -> InlineKeyboardButton:
        slot = await self._free_at(guest, team, moment)
        if slot is not None:
            return dated(slot, guest.language)
        day: date = times.local_day(moment, venue)
        label = f"{times.day(day, guest.language)} {times.clock(moment, venue)}"
        return button(label, f"b:d:{team.id}:{day:%Y%m%d}")

    async def _free_at(self, guest: Guest, team: Team, moment: datetime) -> Slot | None:
        return next((slot for slot in once(await self._choices.free(guest, team)) if slot.starts_at == moment), None)

    async def _echo(self, guest: Guest, team: Team | None, spoken: Spoken, venue: Zone) -> Styled:
        """What was understood, on the venue's clocks and on the visitor's."""
        parts = [Styled(team_name(team, guest.language))] if team else []
        theirs = await asked(self._store.people.zone_of, guest.id)
        if spoken.moment is not None:
            there, here = times.both(spoken.moment, venue, zone(theirs or venue.key), guest.language)
            shown = Styled(there).at(spoken.moment) + f" ({guest.say('meetings.venue')})"
            parts.append(shown + (f" · {here} ({guest.say('meetings.you')})" if here else ""))
        elif spoken.day is not None:
            parts.append(Styled(times.day(spoken.day, guest.language)))
        if not parts:
            return Styled()
        text = Styled(guest.say("wishes.understood")).wrapped(BOLD)
        for index, part in enumerate(parts):
            text = text + (" " if index == 0 else ", ") + part
        return text
