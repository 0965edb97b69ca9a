"""What is kept about a visitor: the notice, all of it as a file, and forgetting it on request.

In a group only what belongs to the group is told and forgotten; what concerns one person stays in the private chat.
"""

from __future__ import annotations

import asyncio
import json
import re
from datetime import date, datetime, timedelta
from typing import Any

from telegram import Message, Update

from bot.chat import knowledge
from bot.chat.buttons import FORGET, forget_button, toast
from bot.chat.knowledge import Knowledge
from bot.chat.limits import Gate
from bot.chat.sending import Sender
from bot.chat.styled import plain
from bot.chat.visitors import Place, Visitors, place_of
from bot.inquiries import STANDING
from bot.meetings import Status
from bot.store import Store
from bot.texts import say

VERSION = "2026-11"  # of the notice; a new wording gets a new one
FILE = "my-data.json"


class Privacy:
    """/privacy, /mydata, /forget and its confirmation."""

    def __init__(
        self,
        store: Store,
        library: Knowledge,
        visitors: Visitors,
        sender: Sender,
        keep: timedelta,
        gate: Gate,
        model: str = "",
        mails: bool = False,
    ) -> None:
        self._store = store
        self._library = library
        self._visitors = visitors
        self._sender = sender
        self._keep = keep
        self._gate = gate
        self._model = model  # the language model that questions go to, if any
        self._mails = mails

    async def notice(self, update: Update, _context: object) -> None:
        """/privacy: who keeps what, why, for how long, where it goes, and what one can do about it."""
        place = place_of(update)
        if place is None:
            return
        language = await self._visitors.language(update)
        fair = await knowledge.about(self._library)
        who = plain(fair.contact_in(language)).strip() or say(language, "privacy.nobody")
        used = say(language, "privacy.with_model", provider=self._model) if self._model else ""
        further = [used or say(language, "privacy.without_model")]
        further += [say(language, "privacy.with_mail")] if self._mails else []
        values = {"version": VERSION, "who": who, "days": self._keep.days, "further": " ".join(further)}
        await self._sender.send(place, say(language, "privacy.notice", **values))

    async def hand_over(self, update: Update, place: Place, _rest: str) -> None:
        """/mydata: everything that is kept about this person, as a file."""
        language = await self._visitors.language(update)
        kept = await asyncio.to_thread(self._store.data_of, place.chat_id)
        now = self._sender.clock.now()
        today = await asyncio.to_thread(self._gate.counted, place.chat_id, now.date())
        whole = {"telegram_id": place.chat_id, "as_of": now, **kept, "counted_today": today}
        file = json.dumps(whole, ensure_ascii=False, indent=2, default=_readable).encode()
        await self._sender.send_file(place, FILE, file, say(language, "privacy.mydata"))

    async def explain(self, update: Update, _context: object) -> None:
        """/forget: say what is kept and what will fall with it, and offer to delete it."""
        place, user = place_of(update), update.effective_user
        if place is None or user is None:
            return
        language = await self._visitors.language(update)
        said = [say(language, "privacy.explained" if place.private else "privacy.explained_group")]
        meetings = await self._to_come(place)
        said += [say(language, "privacy.will_cancel", count=meetings)] if meetings else []
        mine = await asyncio.to_thread(self._store.inquiries.of_visitor, place.chat_id)
        inquiries = sum(one.state in STANDING for one in mine)
        said += [say(language, "privacy.will_withdraw", count=inquiries)] if inquiries else []
        said.append(say(language, "privacy.really"))
        await self._sender.send(place, "\n\n".join(said), forget_button(user.id, language))

    async def forget(self, update: Update, _context: object) -> None:
        """Delete it. In a group, only the person who asked may confirm."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(FORGET, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        language = await self._visitors.language(update)
        if query.from_user.id != int(match[1]):
            await toast(query, say(language, "privacy.not_yours"))
            return
        meetings = await self._to_come(place)
        await asyncio.to_thread(self._forget, place.chat_id, self._sender.clock.now())
        await toast(query)
        if isinstance(query.message, Message):
            said = [say(language, "privacy.forgotten")]
            said += [say(language, "privacy.cancelled", count=meetings)] if meetings else []
            await self._sender.edit(query.message, "\n\n".join(said))

    def _forget(self, chat_id: int, now: datetime) -> None:
        """Everything; whoever goes on requesting and forgetting, which each time rings at a team, must pause."""
        standing = any(one.state in STANDING for one in self._store.inquiries.of_visitor(chat_id))
        given_up = self._store.forget(chat_id, now)
        if (given_up or standing) and self._gate.gave_up_too_often(chat_id, now):
            self._store.people.block(chat_id, now + timedelta(days=1))

    async def _to_come(self, place: Place) -> int:
        """How many meetings fall with it. A seat that is only held while somebody types concerns nobody else."""
        now = self._sender.clock.now()
        mine = await asyncio.to_thread(self._store.agenda.of_visitor, place.chat_id, now)
        return sum(one.active and one.status != Status.HELD and one.slot.starts_at > now for one in mine)


def _readable(value: Any) -> str:
    """Dates as every program reads them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} cannot be handed over")
