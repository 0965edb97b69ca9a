"""Show an answer while it grows: drafts in private chats, spaced edits of one message elsewhere.

The assistant and the display run side by side: a slow display never slows the assistant, and what is shown is always
the newest Answer there is. A frame may be skipped; the last one never is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Protocol

from telegram import InlineKeyboardMarkup, Message
from telegram.constants import ChatAction
from telegram.error import RetryAfter, TelegramError

from bot.chat.clock import Clock
from bot.chat.formatting import preview
from bot.chat.sending import Sender, wait_of
from bot.chat.styled import Styled
from bot.chat.visitors import Place
from bot.citations import Answer

logger = logging.getLogger(__name__)

AT_ONCE = 0.3  # seconds; what is answered in them needs no sign that it is coming, and no call for it


class Stage(Protocol):
    """Where a growing answer is shown."""

    pace: float  # seconds between two frames

    async def frame(self, text: Styled) -> None:
        """Show the text so far; empty means that there is none yet."""

    async def finish(self, parts: list[Styled], keyboard: InlineKeyboardMarkup | None) -> None:
        """Replace what was shown by the whole answer, for good."""

    async def abandon(self) -> None:
        """Take back what was shown: it will not be completed."""


def stage_for(place: Place, sender: Sender, draft_id: int) -> Stage:
    """Drafts exist in private chats only."""
    return Drafts(place, sender, draft_id) if place.private else Edits(place, sender)


async def show(growing: AsyncIterator[Answer], stage: Stage, sender: Sender) -> Answer:
    """Show every Answer worth showing and return the last. Raises what the assistant raises."""
    newest: list[Answer] = []

    async def follow() -> None:
        async for answer in growing:
            newest[:] = [answer]

    following = asyncio.create_task(follow())
    pace = AT_ONCE
    try:
        while not await _ended(following, pace, sender.clock):
            await stage.frame(preview(newest[0]) if newest else Styled())
            pace = stage.pace
        await following
        if not newest:
            raise RuntimeError("the assistant ended without an answer")
    except BaseException:
        following.cancel()
        await stage.abandon()
        raise
    return newest[0]


async def _ended(task: asyncio.Task[None], seconds: float, clock: Clock) -> bool:
    """Wait until the task has ended, but no longer than so many seconds. Whether it has."""
    pause = asyncio.ensure_future(clock.sleep(seconds))
    await asyncio.wait({task, pause}, return_when=asyncio.FIRST_COMPLETED)
    pause.cancel()
    return task.done()


class Drafts:
    """A draft that grows above the input field, then one real message. Drafts cost nothing when they fail."""

    pace = 0.7
    _lifetime = timedelta(seconds=20)  # a draft vanishes after 30 s: show it again before

    def __init__(self, place: Place, sender: Sender, draft_id: int) -> None:
        self._place = place
        self._sender = sender
        self._id = draft_id
        self._shown: Styled | None = None
        self._next = self._repeat = sender.clock.now()
        self._refused = False

    async def frame(self, text: Styled) -> None:
        """An empty draft reads "Thinking…" in every client's own language."""
        now = self._sender.clock.now()
        if now < self._next or (text == self._shown and now < self._repeat):
            return
        if self._refused:
            await type_on(self._sender, self._place)
            return
        try:
            await self._sender.bot.send_message_draft(
                self._place.chat_id,
                self._id,
                text.text,
                entities=text.entities() or None,
                message_thread_id=self._place.thread_id,
            )
            self._shown, self._repeat = text, now + self._lifetime
        except RetryAfter as error:
            self._next = now + timedelta(seconds=wait_of(error))
        except TelegramError as error:
            # An older Bot API server knows no drafts. The answer comes all the same, only not while it grows.
            logger.info("no drafts here: %s", error)
            self._refused = True

    async def finish(self, parts: list[Styled], keyboard: InlineKeyboardMarkup | None) -> None:
        """The draft goes by itself when the message comes."""
        await send_all(self._sender, self._place, parts, keyboard)

    async def abandon(self) -> None:
        """Nothing to do: a draft that nobody continues vanishes."""


class Edits:
    """The typing sign, and once there is text a message that is edited until it is whole."""

    pace = 3.0  # a group allows twenty messages a minute, edits included, to all of its bots' work

    def __init__(self, place: Place, sender: Sender) -> None:
        self._place = place
        self._sender = sender
        self._message: Message | None = None
        self._shown = Styled()
        self._next: datetime = sender.clock.now()

    async def frame(self, text: Styled) -> None:
        """Errors skip a frame: the next one says more anyway."""
        now = self._sender.clock.now()
        if now < self._next or (text and text == self._shown):
            return
        self._message = self._message or self._sender.begun(self._place)
        try:
            if not text:
                await self._sender.bot.send_chat_action(
                    self._place.chat_id, ChatAction.TYPING, message_thread_id=self._place.thread_id
                )
            elif self._message is None:
                self._message = await self._sender.begin(self._place, text)
            else:
                await self._sender.edit_once(self._message, text)
            self._shown = text
        except RetryAfter as error:
            self._next = now + timedelta(seconds=wait_of(error))
        except TelegramError as error:
            logger.info("frame skipped: %s", error)

    async def finish(self, parts: list[Styled], keyboard: InlineKeyboardMarkup | None) -> None:
        """The first part takes the place of what was shown, the others follow."""
        self._message = self._message or self._sender.begun(self._place)
        if self._message is None:
            await send_all(self._sender, self._place, parts, keyboard)
            return
        first, rest = parts[0], parts[1:]
        try:
            await self._sender.edit(self._message, first, None if rest else keyboard)
        except TelegramError as error:
            # Somebody may have deleted the message meanwhile; the answer is still owed.
            logger.info("could not finish by editing: %s", error)
            rest = parts
        await send_all(self._sender, self._place, rest, keyboard)

    async def abandon(self) -> None:
        """Half an answer without its sources must not stay."""
        if self._message is not None:
            try:
                await self._message.delete()
            except TelegramError as error:
                logger.info("could not take back an unfinished answer: %s", error)


async def type_on(sender: Sender, place: Place) -> None:
    """Show that something is coming; that this fails is nobody's concern."""
    try:
        await sender.bot.send_chat_action(place.chat_id, ChatAction.TYPING, message_thread_id=place.thread_id)
    except TelegramError as error:
        logger.info("no typing sign: %s", error)


async def send_all(sender: Sender, place: Place, parts: list[Styled], keyboard: InlineKeyboardMarkup | None) -> None:
    """The parts as messages, the buttons under the last."""
    for index, part in enumerate(parts):
        await sender.send(place, part, keyboard if index == len(parts) - 1 else None)
