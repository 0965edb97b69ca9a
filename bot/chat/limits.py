"""How much one visitor may ask of the bot: messages a minute, questions a day. Whoever floods hears one kind word.

The pace is kept in memory, by each process for itself: it protects this process, and a restart forgives. The day's
questions are counted in the database, for all processes together.
"""

from __future__ import annotations

import asyncio
import math
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from telegram import Update
from telegram.ext import ApplicationHandlerStop

from bot.budget import spender
from bot.chat.buttons import toast
from bot.chat.sending import Sender
from bot.chat.visitors import Addressed, Place, Visitors, place_of
from bot.chat.work import current
from bot.metrics import LIMITED
from bot.pacing import CALM, Pacing, Verdict
from bot.spending import alias
from bot.store import Store
from bot.texts import say

PEOPLE = 3  # a group may write as much as so many visitors
GIVEN_UP_A_DAY = 2  # times that a visitor forgets requests and may make new ones at once


@dataclass(frozen=True)
class Limits:
    """For one visitor; 0 is without end."""

    messages_a_minute: int = 0
    questions_a_day: int = 0


UNLIMITED = Limits()


class Gate:
    """What every update passes first. ``secret`` is what visitors' aliases are made with."""

    def __init__(self, limits: Limits, store: Store, visitors: Visitors, sender: Sender, secret: str) -> None:
        self._limits = limits
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._secret = secret
        self._addressed = Addressed()
        self._people = Pacing(limits.messages_a_minute)
        self._groups = Pacing(limits.messages_a_minute * PEOPLE)

    async def check(self, update: Update, _context: object) -> None:
        """Let the update pass, or raise ApplicationHandlerStop: then nothing else answers it."""
        user, chat = update.effective_user, update.effective_chat
        spender.set(user.id if user else None)
        if user is None or chat is None or not self._is_for_us(update):
            return
        now = self._sender.clock.now()
        # When it was sent: what waited for us while we were away did not come all at once.
        sent = update.message.date if update.message else now
        verdict = self._people.judge(user.id, sent, now)
        if verdict == Verdict.ANSWER and chat.id != user.id:
            verdict = self._groups.judge(chat.id, sent, now)
        if verdict == Verdict.ANSWER or await asyncio.to_thread(self._are_staff, user.id, chat.id):
            return
        if verdict == Verdict.ASK_FOR_A_MOMENT:
            await self._ask_for_a_moment(update)
        LIMITED.labels("messages").inc()
        raise ApplicationHandlerStop

    async def may_ask(self, update: Update, place: Place) -> bool:
        """Count a question of today; where it is one too many, say so. One that is begun again was counted then."""
        user, most = update.effective_user, self._limits.questions_a_day
        work = current.get()
        if user is None or not most or (work and work.resumed):
            return True
        now = self._sender.clock.now()
        who = alias(self._secret, now.date(), user.id)
        if await asyncio.to_thread(self._store.usage.take, now.date(), who, most):
            return True
        if await asyncio.to_thread(self._are_staff, user.id, place.chat_id):
            return True
        LIMITED.labels("questions").inc()
        midnight = datetime.combine(now.date() + timedelta(days=1), time(), UTC)
        hours = math.ceil((midnight - now) / timedelta(hours=1))
        language = await self._visitors.language(update)
        await self._sender.send(place, say(language, "limits.enough_today", count=most, hours=hours))
        return False

    def gave_up_too_often(self, visitor_id: int, now: datetime) -> bool:
        """Count that a visitor had requests forgotten. Synchronous.

        Each was told to its team, and forgetting gives back what a visitor may ask for: now and then is fine.
        """
        who = alias(self._secret, now.date(), visitor_id, "given up")
        return not self._store.usage.take(now.date(), who, GIVEN_UP_A_DAY)

    def counted(self, visitor_id: int, day: date) -> dict[str, int]:
        """What is counted of the visitor on that day, for ``/mydata``. Synchronous."""
        who = alias(self._secret, day, visitor_id)
        questions, tokens = self._store.usage.count(day, who), self._store.usage.spent(day, who).tokens
        return {"questions": questions, "language_model_tokens": tokens}

    def _is_for_us(self, update: Update) -> bool:
        """What is said in a group to others is nobody's flood."""
        message = update.message
        if message is None:
            return True
        return self._addressed.filter(message) or (message.text or "").startswith("/")

    def _are_staff(self, user_id: int, chat_id: int) -> bool:
        if any(team.chat_id == chat_id for team in self._store.pavilion.teams(closed=True)):
            return True
        return self._store.pavilion.member_by_telegram(user_id) is not None

    async def _ask_for_a_moment(self, update: Update) -> None:
        place = place_of(update)
        language = await self._visitors.language(update)
        text = say(language, "limits.moment", count=self._limits.messages_a_minute, seconds=round(CALM))
        if update.callback_query is not None:
            await toast(update.callback_query, text)
        elif update.message is not None and place is not None:
            await self._sender.send(place, text)
