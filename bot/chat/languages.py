"""Choosing the language of the answers and of everything around them."""

from __future__ import annotations

import asyncio
import re

from telegram import Message, Update

from bot.chat.buttons import LANGUAGE, language_buttons, toast
from bot.chat.sending import Sender
from bot.chat.visitors import Visitors, place_of, telegram_language
from bot.store import Store
from bot.texts import say


class Languages:
    """/language and its buttons."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender

    async def offer(self, update: Update, _context: object) -> None:
        """Show the choice."""
        place = place_of(update)
        if place is None:
            return
        language = await self._visitors.language(update)
        await self._sender.send(place, say(language, "language.choose"), language_buttons(language))

    async def choose(self, update: Update, _context: object) -> None:
        """Keep the choice and say so in the chosen language."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(LANGUAGE, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        chosen = None if match[1] == "auto" else match[1]
        await asyncio.to_thread(self._store.choose_language, place.chat_id, chosen)
        language = chosen or telegram_language(update)
        done = say(language, "language.chosen") if chosen else say(language, "language.back_to_automatic")
        await toast(query, done)
        if isinstance(query.message, Message):
            await self._sender.edit(query.message, done, language_buttons(language))
