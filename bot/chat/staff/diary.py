"""The staff's commands: what a day holds, what waits for an answer, what became of a meeting.

Only who is on the list gets anything, and only in their team's chat or in private. Everybody else is told which numbers
to give to whoever keeps the list, and not whether there would be something to see.
"""

from __future__ import annotations

import asyncio
import re
from datetime import date, datetime

from telegram import Message, Update

from bot import phrases, times
from bot.chat.buttons import toast
from bot.chat.sending import Sender
from bot.chat.splitting import split
from bot.chat.staff import agendas, cards, history
from bot.chat.staff.agendas import Agenda
from bot.chat.staff.badges import Badge, badge_of
from bot.chat.staff.decisions import Staff
from bot.chat.visitors import Place, Visitors, place_of
from bot.meetings import Member, Refused
from bot.store import Store
from bot.texts import say
from bot.zones import zone

AGENDA = r"s:agenda:(\d{8}):(mine|all|of-[0-9a-z-]{1,24}):(\d{1,3})"
CARDS = 5  # at once: a group takes only twenty messages a minute


class Diary:
    """/agenda, /requests and /history."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender, staff: Staff) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._staff = staff

    async def agenda(self, update: Update, _context: object) -> None:
        """What today holds, or the day that is named; with a name only what that member goes to."""
        place, badge = await self._admitted(update)
        if place is None or badge is None:
            return
        now = self._sender.clock.now()
        colleagues = await asyncio.to_thread(_colleagues, self._store, badge)
        host, rest = _host(_argument(update), colleagues)
        day = _day(rest, now, badge.teams[0].zone)
        if day is None:
            await self._sender.send(place, say(badge.shared, "staff.agenda_which"))
            return
        agenda = await asyncio.to_thread(look_up, self._store, badge, day, host)
        await self._sender.send(place, agendas.text(agenda, badge.shared), agendas.buttons(agenda, badge.shared))

    async def turn(self, update: Update, _context: object) -> None:
        """Another day, another page, everybody's or only the presser's."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(AGENDA, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        badge = await asyncio.to_thread(badge_of, self._store, query.from_user.id, place)
        if badge is None or not badge.teams:
            await toast(query, say(await self._visitors.language(update), "staff.not_yours"))
            return
        try:
            day = date.fromisoformat(match[1])
            host = await asyncio.to_thread(_scoped, self._store, badge, match[2])
            agenda = await asyncio.to_thread(look_up, self._store, badge, day, host, int(match[3]))
            text, keyboard = agendas.text(agenda, badge.shared), agendas.buttons(agenda, badge.shared)
        except (ValueError, OverflowError):  # a day that no calendar has; nobody's button says so
            await toast(query, say(badge.language, "staff.agenda_which"))
            return
        await toast(query)
        if isinstance(query.message, Message):
            await self._sender.edit(query.message, text, keyboard)

    async def requests(self, update: Update, _context: object) -> None:
        """The cards of the most urgent requests, once more at the end of the chat."""
        place, badge = await self._admitted(update)
        if place is None or badge is None:
            return
        waiting = await asyncio.to_thread(self._store.agenda.requests, [team.id for team in badge.teams])
        for meeting in waiting[:CARDS]:
            card = await asyncio.to_thread(cards.read, self._store, meeting.id)
            await self._staff.lay_out(place, card, badge)
        if not waiting:
            await self._sender.send(place, say(badge.shared, "staff.requests_none"))
        elif more := len(waiting[CARDS:]):
            await self._sender.send(place, say(badge.shared, "staff.requests_more", count=more))

    async def history(self, update: Update, _context: object) -> None:
        """What became of a meeting, and when."""
        place, badge = await self._admitted(update)
        if place is None or badge is None:
            return
        reference = _argument(update).upper()
        if not reference:
            await self._sender.send(place, say(badge.shared, "staff.history_which"))
            return
        try:
            card = await asyncio.to_thread(cards.read, self._store, reference[:20])
        except Refused:
            card = None
        if card is None or not badge.may_see(card.team.id) or not card.history:
            await self._sender.send(place, say(badge.shared, "staff.history_unknown"))
            return
        told = history.told(card.meeting, list(card.history), card.staff, badge.shared)
        for part in split(told):
            await self._sender.send(place, part)

    async def _admitted(self, update: Update) -> tuple[Place | None, Badge | None]:
        """The badge of whoever asks; who has none, or none for here, is told so."""
        place, user = place_of(update), update.effective_user
        if place is None or user is None:
            return None, None
        badge = await asyncio.to_thread(badge_of, self._store, user.id, place)
        if badge is not None and badge.teams:
            return place, badge
        language = await self._visitors.language(update)
        if badge is None:
            text = say(language, "staff.not_listed", user=user.id, chat=place.chat_id)
        else:
            text = say(badge.language, "staff.elsewhere")
        await self._sender.send(place, text)
        return place, None


def look_up(store: Store, badge: Badge, day: date, host: Member | None = None, page: int = 0) -> Agenda:
    """The day of the teams that the badge is for, or only what ``host`` goes to."""
    ids, venue = [team.id for team in badge.teams], badge.teams[0].zone
    meetings = store.agenda.on_day(day, venue, ids, host.id if host else None)
    names = {member.id: member.name for member in store.pavilion.members()}
    return Agenda(day, venue, meetings, badge.teams, names, store.agenda.waiting(ids), host, page)


def _colleagues(store: Store, badge: Badge) -> list[Member]:
    """Everybody of the teams that the badge is for."""
    ids = {team.id for team in badge.teams}
    return [member for member in store.pavilion.members() if ids & set(member.teams)]


def _scoped(store: Store, badge: Badge, scope: str) -> Member | None:
    """Whose agenda a button asks for; everybody's also where its member has gone."""
    if scope == agendas.MINE:
        return badge.member
    return next((one for one in _colleagues(store, badge) if scope == f"of-{one.id}"), None)


def _host(text: str, colleagues: list[Member]) -> tuple[Member | None, str]:
    """Whoever is named, and the text without the name."""
    for one in colleagues:
        for name in (one.name, one.id):
            found = re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text, re.IGNORECASE)
            if found:
                return one, (text[: found.start()] + text[found.end() :]).strip()
    return None, text


def _argument(update: Update) -> str:
    text = (update.message.text or "") if update.message else ""
    return text.partition(" ")[2].strip()


def _day(text: str, now: datetime, venue: str) -> date | None:
    """The day that is named, today where none is; None where it cannot be read as one day."""
    if not text:
        return times.local_day(now, zone(venue))
    try:
        day = date.fromisoformat(text)  # what has gone by, too: /agenda looks back as well
        return day if 2000 <= day.year <= 2100 else None  # at the ends of the calendar nobody can count on
    except ValueError:
        return phrases.read(text, now, zone(venue)).day
