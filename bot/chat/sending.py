"""Sender: gets a message to its chat, whatever Telegram says in between. What was worked out is never lost on the way.

A 429 holds up only the chat it was for: each chat has its own task, and the wait happens there. An update that is worked
on a second time, because a process died of the first, does not repeat the messages that are known to have been sent.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

from telegram import (
    Bot,
    Chat,
    ForceReply,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Message,
    ReplyParameters,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter

from bot import failpoints, metrics
from bot.chat.clock import Clock
from bot.chat.styled import Styled
from bot.chat.visitors import Place
from bot.chat.work import current

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
        return await self._once_for_update(place, lambda: self._send(place, styled, keyboard))

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
        return await self._once_for_update(place, lambda: self._send_file(place, name, data, caption))

    async def begin(self, place: Place, styled: Styled) -> Message:
        """One attempt at a message that grows by edits: should the process die, the next goes on with it."""
        message = await self.send_once(place, styled)
        if work := current.get():
            work.add(message.message_id)
        return message

    def begun(self, place: Place) -> Message | None:
        """The next message that the update in hand has sent before its process died, if it has."""
        work = current.get()
        known = work.known() if work else None
        if known is None:
            return None
        chat = Chat(place.chat_id, Chat.PRIVATE if place.private else Chat.SUPERGROUP)
        message = Message(known, self.clock.now(), chat)
        message.set_bot(self.bot)
        return message

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

    async def _once_for_update(self, place: Place, send: Callable[[], Awaitable[Message]]) -> Message:
        work = current.get()
        if work is None:
            return await send()
        if (known := self.begun(place)) is not None:
            return known
        await work.until_noted()
        failpoints.passed("before_send")
        message = await send()
        work.add(message.message_id)
        return message

    async def _send(self, place: Place, styled: Styled, keyboard: Keyboard | None) -> Message:
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

    async def _send_file(self, place: Place, name: str, data: bytes, caption: Styled | str) -> Message:
        try:
            return await self._persistently(lambda: self.send_file_once(place, name, data, caption))
        except ChatMigrated as moved:
            there = replace(place, chat_id=moved.new_chat_id, reply_to=None)
            return await self._persistently(lambda: self.send_file_once(there, name, data, caption))

    async def _persistently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        with metrics.stage("sending"):
            return await self._tried(attempt)

    async def _tried(self, attempt: Callable[[], Awaitable[T]]) -> T:
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


def lasts(error: Exception | None) -> bool:
    """Whether it is Telegram that cannot be reached, or wants to be left alone, and not the message that is wrong."""
    return isinstance(error, RetryAfter) or (isinstance(error, NetworkError) and not isinstance(error, BadRequest))


def wait_of(error: RetryAfter) -> float:
    """The seconds Telegram asks us to wait, whichever type this version of the library gives them."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
