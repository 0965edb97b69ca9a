"""Sender: gets a message to its chat, whatever Telegram says in between. What was worked out is never lost on the way.

A 429 holds up only the chat it was for: each chat has its own task, and the wait happens there.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from telegram import Bot, ForceReply, InlineKeyboardMarkup, InputFile, LinkPreviewOptions, Message, ReplyParameters
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot.chat.clock import Clock
from bot.chat.styled import Styled
from bot.chat.visitors import Place

logger = logging.getLogger(__name__)
T = TypeVar("T")
Keyboard = InlineKeyboardMarkup | ForceReply

PAUSES = (1.0, 3.0, 9.0, 27.0)  # after a network error; a 429 says itself how long
LONGEST_WAIT = 300.0  # nobody waits longer for an answer; then it is an error like any other
NO_PREVIEW = LinkPreviewOptions(is_disabled=True)


class Sender:
    """Sends and edits, persistently."""

    def __init__(self, bot: Bot, clock: Clock) -> None:
        self.bot = bot
        self.clock = clock

    async def send(self, place: Place, what: Styled | str, keyboard: Keyboard | None = None) -> Message:
        """Send one message, as often as it takes. Raises TelegramError where that is hopeless (blocked, gone)."""
        styled = Styled(what) if isinstance(what, str) else what
        try:
            return await self._persistently(lambda: self.send_once(place, styled, keyboard))
        except ChatMigrated as moved:
            there = replace(place, chat_id=moved.new_chat_id, reply_to=None)
            return await self._persistently(lambda: self.send_once(there, styled, keyboard))
        except BadRequest as error:
            if not styled.spans:
                raise
            logger.warning("entities refused, sent without them: %s", error)
            return await self._persistently(lambda: self.send_once(place, Styled(styled.text), keyboard))

    async def edit(self, message: Message, what: Styled | str, keyboard: InlineKeyboardMarkup | None = None) -> None:
        """Put ``what`` into a message of ours. That it already says so is fine."""
        styled = Styled(what) if isinstance(what, str) else what
        try:
            await self._persistently(lambda: self.edit_once(message, styled, keyboard))
        except BadRequest as error:
            if "not modified" not in str(error):
                raise

    async def send_file(self, place: Place, name: str, data: bytes, caption: Styled | str = "") -> Message:
        """Send a file, as often as it takes. Raises TelegramError where that is hopeless."""
        try:
            return await self._persistently(lambda: self.send_file_once(place, name, data, caption))
        except ChatMigrated as moved:
            there = replace(place, chat_id=moved.new_chat_id, reply_to=None)
            return await self._persistently(lambda: self.send_file_once(there, name, data, caption))

    async def send_once(self, place: Place, styled: Styled, keyboard: Keyboard | None = None) -> Message:
        """One attempt, for what may be skipped."""
        reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        return await self.bot.send_message(
            place.chat_id,
            styled.text,
            entities=styled.entities() or None,
            link_preview_options=NO_PREVIEW,
            message_thread_id=place.thread_id,
            reply_parameters=reply,
            reply_markup=keyboard,
        )

    async def edit_once(self, message: Message, styled: Styled, keyboard: InlineKeyboardMarkup | None = None) -> object:
        """One attempt, for what may be skipped."""
        return await self.edit_there_once(message.chat_id, message.message_id, styled, keyboard)

    async def edit_there_once(
        self, chat_id: int, message_id: int, styled: Styled, keyboard: InlineKeyboardMarkup | None = None
    ) -> object:
        """One attempt, where the message is known by its number only."""
        return await self.bot.edit_message_text(
            styled.text,
            chat_id,
            message_id,
            entities=styled.entities() or None,
            link_preview_options=NO_PREVIEW,
            reply_markup=keyboard,
        )

    async def send_file_once(
        self,
        place: Place,
        name: str,
        data: bytes,
        caption: Styled | str = "",
        keyboard: InlineKeyboardMarkup | None = None,
    ) -> Message:
        """One attempt at a file. A caption takes 1024 characters."""
        styled = Styled(caption) if isinstance(caption, str) else caption
        reply = ReplyParameters(place.reply_to, allow_sending_without_reply=True) if place.reply_to else None
        return await self.bot.send_document(
            place.chat_id,
            InputFile(data, filename=name),
            caption=styled.text or None,
            caption_entities=styled.entities() or None,
            message_thread_id=place.thread_id,
            reply_parameters=reply,
            reply_markup=keyboard,
        )

    async def _persistently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        for pause in PAUSES:
            try:
                return await attempt()
            except RetryAfter as error:
                wait = wait_of(error)
                if wait > LONGEST_WAIT:
                    raise
                logger.info("asked to wait %s s before sending", wait)
            except (BadRequest, Forbidden, InvalidToken):
                raise  # asking again would be answered the same
            except NetworkError as error:
                # The message may have arrived all the same. Twice is better than not at all.
                logger.warning("sending failed, trying again in %s s: %s", pause, error)
                wait = pause
            await self.clock.sleep(wait)
        return await attempt()


def wait_of(error: RetryAfter) -> float:
    """The seconds Telegram asks us to wait, whichever type this version of the library gives them."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
