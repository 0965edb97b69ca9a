"""Forgetting: everything that is kept under a chat, on request."""

from __future__ import annotations

import asyncio
import re

from telegram import Message, Update

from bot.chat.buttons import FORGET, forget_button, toast
from bot.chat.sending import Sender
from bot.chat.visitors import Visitors, place_of
from bot.store import Store
from bot.texts import say


class Privacy:
    """/forget and its confirmation."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender

    async def explain(self, update: Update, _context: object) -> None:
        """Say what is kept, and offer to delete it."""
        place, user = place_of(update), update.effective_user
        if place is None or user is None:
            return
        language = await self._visitors.language(update)
        await self._sender.send(place, say(language, "privacy.explained"), forget_button(user.id, language))

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
        await asyncio.to_thread(self._store.forget, place.chat_id)
        await toast(query)
        if isinstance(query.message, Message):
            await self._sender.edit(query.message, say(language, "privacy.forgotten"))
