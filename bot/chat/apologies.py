"""What a visitor hears when something went wrong: that we are sorry, and a reference. Never the exception itself.

Where it is only that Telegram cannot be reached, or that the database cannot be used at the moment, the update is tried
again: what it had changed is undone or found, what it had said is not said twice, and nothing need be apologised for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from telegram import Update
from telegram.error import Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop, CallbackContext

from bot.chat.buttons import toast
from bot.chat.sending import Sender, lasts
from bot.chat.visitors import Place, Visitors, place_of, telegram_language
from bot.chat.work import current
from bot.store import Store, StoreError
from bot.store.inbox import End
from bot.texts import say

logger = logging.getLogger(__name__)

# The visitor can quote the reference, staff find the traceback by it.


class Apologies:
    """The application's error handler."""

    def __init__(self, store: Store, visitors: Visitors, sender: Sender, new_id: Callable[[], str]) -> None:
        self._store = store
        self._visitors = visitors
        self._sender = sender
        self._new_id = new_id

    async def apologise(self, update: object, context: CallbackContext) -> None:  # type: ignore[type-arg]
        """Log the error with a reference and tell the visitor the reference, and stop: nobody else answers this update.

        Raises nothing else: nobody is left to whom it could be told.
        """
        try:
            await self._deal_with(context.error, update)
        except Exception:
            logger.exception("an error could not be dealt with")
        raise ApplicationHandlerStop

    async def _deal_with(self, error: Exception | None, update: object) -> None:
        if isinstance(error, Forbidden):
            logger.info("the visitor blocked the bot or removed it from the group: %s", error)
            return
        work = current.get()
        if work is not None and not work.last_chance and (again := _worth_trying(error)):
            logger.warning("update %s is tried again later: %s", work.update_id, error)
            work.again = again
            return
        reference = self._new_id()[:8]
        logger.error("reference %s: an update could not be dealt with", reference, exc_info=error)
        if not isinstance(update, Update):
            return
        place = place_of(update)
        if place is None:
            return
        if update.callback_query is not None:
            await toast(update.callback_query)
        language = await self._language(update)
        try:
            await self._sender.send(place, say(language, "chat.sorry", reference=reference))
        except TelegramError as failure:
            logger.warning("reference %s: nor could the visitor be told: %s", reference, failure)
            if lasts(failure):
                await self._tell_later(place, language, reference)

    async def _tell_later(self, place: Place, language: str, reference: str) -> None:
        put, now = self._store.outbox.put, self._sender.clock.now()
        key, details = f"sorry:visitor:{place.chat_id}:{reference}", {"language": language, "reference": reference}
        try:
            await asyncio.to_thread(put, "sorry", "visitor", str(place.chat_id), reference, key, now, **details)
        except StoreError:
            logger.exception("reference %s: nor could that be kept for later", reference)

    async def _language(self, update: Update) -> str:
        try:
            return await self._visitors.language(update)
        except StoreError:  # perhaps the very error we apologise for
            return telegram_language(update)


def _worth_trying(error: Exception | None) -> End | None:
    """When to try again what ended like this; None where it would only end the same."""
    if isinstance(error, StoreError):
        return End.SOON
    return End.AGAIN if lasts(error) else None
