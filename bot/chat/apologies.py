"""What a visitor hears when something went wrong: that we are sorry, and a reference. Never the exception itself."""

from __future__ import annotations

import logging
from collections.abc import Callable

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import CallbackContext

from bot.chat.buttons import toast
from bot.chat.sending import Sender
from bot.chat.visitors import Visitors, place_of, telegram_language
from bot.store import StoreError
from bot.texts import say

logger = logging.getLogger(__name__)

# The visitor can quote the reference, staff find the traceback by it.


class Apologies:
    """The application's error handler."""

    def __init__(self, visitors: Visitors, sender: Sender, new_id: Callable[[], str]) -> None:
        self._visitors = visitors
        self._sender = sender
        self._new_id = new_id

    async def apologise(self, update: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Log the error with a reference and tell the visitor the reference. Must not raise: nobody is left to."""
        error = context.error
        if isinstance(error, Forbidden):
            logger.info("the visitor blocked the bot or removed it from the group: %s", error)
            return
        reference = self._new_id()[:8]
        logger.error("reference %s: an update could not be dealt with", reference, exc_info=error)
        if not isinstance(update, Update):
            return
        place = place_of(update)
        if place is None:
            return
        try:
            if update.callback_query is not None:
                await toast(update.callback_query)
            await self._sender.send(place, say(await self._language(update), "chat.sorry", reference=reference))
        except TelegramError:
            logger.exception("reference %s: nor could the visitor be told", reference)

    async def _language(self, update: Update) -> str:
        try:
            return await self._visitors.language(update)
        except StoreError:  # perhaps the very error we apologise for
            return telegram_language(update)
