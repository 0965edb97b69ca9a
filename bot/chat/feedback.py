"""Rating an answer with a thumb."""

from __future__ import annotations

import asyncio
import logging
import re

from telegram import CallbackQuery, InlineKeyboardButton, Message, Update
from telegram.error import TelegramError

from bot.chat.buttons import RATING, rating_buttons, toast
from bot.chat.sending import Sender
from bot.chat.visitors import Visitors, place_of
from bot.store import Store
from bot.texts import say

logger = logging.getLogger(__name__)


class Ratings:
    """The thumbs under an answer."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender

    async def rate(self, update: Update, _context: object) -> None:
        """Keep the rating; the other thumb changes it. An answer forgotten meanwhile can no longer be rated."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(RATING, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        answer_id, helpful = match[1], match[2] == "1"
        now = self._sender.clock.now()
        kept = await asyncio.to_thread(self._store.rate, answer_id, place.chat_id, helpful, now)
        language = await self._visitors.language(update)
        await toast(query, say(language, "feedback.thanks" if kept else "feedback.too_late"))
        if not kept or query.message is None:
            return
        try:
            await query.edit_message_reply_markup(rating_buttons(answer_id, helpful, _beside(query)))
        except TelegramError as error:  # pressed twice ("not modified"), or too fast: the rating is kept all the same
            logger.debug("the thumbs could not be marked: %s", error)


def _beside(query: CallbackQuery) -> list[InlineKeyboardButton]:
    """What stands under the thumbs stays there."""
    keyboard = query.message.reply_markup if isinstance(query.message, Message) else None
    return [button for row in keyboard.inline_keyboard[1:] for button in row] if keyboard else []
