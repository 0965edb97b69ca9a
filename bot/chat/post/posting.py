"""Posting: one rendered letter into its chat, by one call to Telegram. What goes wrong is the delivery's to judge."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

import telegram
from telegram.error import BadRequest, ChatMigrated

from bot.chat.post.letters import Message
from bot.chat.sending import Sender
from bot.chat.styled import Styled
from bot.chat.visitors import Place
from bot.store import Store
from bot.store.outbox import Letter

logger = logging.getLogger(__name__)


class Posting:
    """Sends messages, changes cards."""

    def __init__(self, store: Store, sender: Sender) -> None:
        self._store = store
        self._sender = sender

    async def post(self, letter: Letter, message: Message) -> None:
        """Get the message to the letter's chat, or to where that chat has moved. Raises TelegramError."""
        if message.then:  # before, so that nothing can come in between: the outbox keeps the order within a chat
            key = f"{message.then}:{letter.id}"
            put = self._store.outbox.put
            await asyncio.to_thread(
                put, message.then, letter.to, letter.receiver, letter.subject_id, key, letter.due_at
            )
        place = Place(int(letter.receiver), private=letter.to == "visitor")
        try:
            await self._to(place, message)
        except ChatMigrated as moved:
            logger.warning("chat %s is now %s: put the new number into the programme", place.chat_id, moved.new_chat_id)
            if letter.to == "team":
                await asyncio.to_thread(self._store.pavilion.moved, place.chat_id, moved.new_chat_id)
            await self._to(replace(place, chat_id=moved.new_chat_id), message)

    async def _to(self, place: Place, message: Message) -> None:
        try:
            await self._once(place, message)
        except ChatMigrated:
            raise
        except BadRequest as error:
            if not message.text.spans or "entit" not in str(error).lower():
                raise
            logger.warning("entities refused, sent without them: %s", error)
            await self._once(place, replace(message, text=Styled(message.text.text)))

    async def _once(self, place: Place, message: Message) -> telegram.Message | None:
        if message.document:
            name, data = message.document
            return await self._sender.send_file_once(place, name, data, message.text, message.keyboard)
        if not message.card_of:
            return await self._sender.send_once(place, message.text, message.keyboard)
        if await self._changed(place, message):
            return None
        sent = await self._sender.send_once(place, message.text, message.keyboard)
        await asyncio.to_thread(self._store.outbox.keep_card, message.card_of, sent.chat_id, sent.message_id)
        return sent

    async def _changed(self, place: Place, message: Message) -> bool:
        """Whether the card that stands there now says so."""
        standing = await asyncio.to_thread(self._store.outbox.card, message.card_of)
        if standing is None or standing[0] != place.chat_id:
            return False
        try:
            await self._sender.edit_there_once(*standing, message.text, message.keyboard)
        except ChatMigrated:
            raise
        except BadRequest as error:
            if "not modified" in str(error):
                return True
            logger.info("the card of %s cannot be changed, sending it anew: %s", message.card_of, error)
            return False
        return True
