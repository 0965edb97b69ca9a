"""Briefings: what the staff chat is told about meetings: their cards, what waits, what is about to begin, the morning's agenda."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date, timedelta

from telegram import InlineKeyboardMarkup

from bot.chat.clock import Clock
from bot.chat.post.invitations import Invitations
from bot.chat.post.letters import Message
from bot.chat.staff import agendas, cards
from bot.chat.staff.agendas import Agenda
from bot.chat.staff.cards import Card
from bot.chat.styled import BOLD, Styled, line
from bot.meetings import Refused, Status
from bot.store import Store
from bot.store.outbox import Letter
from bot.texts import say

Words = Callable[[Card, Letter, str], Awaitable[Message | None]]


class Briefings:
    """Renders the letters to teams about meetings."""

    def __init__(self, store: Store, clock: Clock, invitations: Invitations) -> None:
        self._store = store
        self._clock = clock
        self._invitations = invitations
        self._words: dict[str, Words] = {
            "card": self._card,
            "nudge": self._nudge,
            "reminder_hour": self._reminder,
            "reminder_soon": self._reminder,
            "late": self._late,
            "gone": self._gone,
            "staff_calendar": self._calendar,
        }
        self.kinds = [("team", kind) for kind in (*self._words, "agenda")]

    async def render(self, letter: Letter) -> Message | None:
        """The message, or None where it is no longer true."""
        if letter.kind == "agenda":
            return await asyncio.to_thread(self._agenda, letter)
        found = await asyncio.to_thread(self._look_up, letter)
        return await self._words[letter.kind](*found) if found else None

    def _look_up(self, letter: Letter) -> tuple[Card, Letter, str] | None:
        try:
            card = cards.read(self._store, letter.subject_id)
        except Refused:
            return None
        return card, letter, cards.language_in(self._store, int(letter.receiver), card.members)

    async def _card(self, card: Card, _letter: Letter, language: str) -> Message | None:
        now = self._clock.now()
        return Message(cards.text(card, language), cards.buttons(card, now, language), card_of=card.meeting.id)

    async def _nudge(self, card: Card, _letter: Letter, language: str) -> Message | None:
        """With the card's buttons: nobody shall have to look for it."""
        until, now = card.meeting.answer_by, self._clock.now()
        if card.meeting.status != Status.REQUESTED or until is None or until <= now:
            return None
        first = say(language, "staff.nudge", left=_left(until - now, language))
        return Message(_headed(first, card, language), cards.buttons(card, now, language))

    async def _reminder(self, card: Card, letter: Letter, language: str) -> Message | None:
        """The last one asks already who came: nobody looks for the card when the visitor stands there."""
        ahead = card.meeting.slot.starts_at - self._clock.now()
        if card.meeting.status != Status.CONFIRMED or ahead <= timedelta(0):
            return None
        first = say(language, "staff.starts_in", left=_left(ahead, language))
        soon = InlineKeyboardMarkup([cards.came_buttons(card.meeting, language)])
        return Message(_headed(first, card, language), soon if letter.kind == "reminder_soon" else None)

    async def _late(self, card: Card, letter: Letter, language: str) -> Message | None:
        if card.meeting.status != Status.CONFIRMED:
            return None
        return Message(_headed(say(language, "staff.late", minutes=letter.details["minutes"]), card, language))

    async def _gone(self, card: Card, _letter: Letter, language: str) -> Message | None:
        return Message(_headed(say(language, "staff.gone"), card, language))

    async def _calendar(self, card: Card, _letter: Letter, language: str) -> Message | None:
        if card.meeting.status != Status.CONFIRMED or not card.meeting.visitor_id:
            return None
        guest = ", ".join(part for part in (line(card.meeting.name), line(card.meeting.organisation)) if part)
        file = await self._invitations.for_staff(card.meeting, guest, language)
        return Message(_headed(say(language, "staff.calendar"), card, language), document=file)

    def _agenda(self, letter: Letter) -> Message | None:
        team = self._store.pavilion.team(letter.subject_id)
        if team is None:
            return None
        members, day = self._store.pavilion.members(), date.fromisoformat(letter.details["day"])
        own = [member for member in members if team.id in member.teams]
        language = cards.language_in(self._store, int(letter.receiver), own)
        meetings = self._store.agenda.on_day(day, team.zone, [team.id])
        names = {member.id: member.name for member in members}
        agenda = Agenda(day, team.zone, meetings, (team,), names, self._store.agenda.waiting([team.id]))
        return Message(agendas.text(agenda, language), agendas.buttons(agenda, language))


def _headed(first: str, card: Card, language: str) -> Styled:
    """A line under which everybody knows which meeting is meant, and who goes."""
    told = Styled(first).wrapped(BOLD) + "\n" + cards.brief(card.meeting, language)
    goes = card.named(card.meeting.member_id)
    return told + (f" · {goes}" if goes else "")


def _left(span: timedelta, language: str) -> str:
    """How long that is, as one says it in passing."""
    minutes = max(1, round(span / timedelta(minutes=1)))
    if minutes < 120:
        return say(language, "staff.minutes", count=minutes)
    return say(language, "staff.hours", count=round(minutes / 60))
