"""Guest: who speaks, where, in which language and when. What every step of a booking needs to know."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import ParamSpec, TypeVar

from telegram import CallbackQuery, InlineKeyboardMarkup, Message, Update
from telegram.error import BadRequest

from bot.characters import clean
from bot.chat.buttons import toast
from bot.chat.sending import Sender
from bot.chat.styled import Styled, line
from bot.chat.visitors import Place, Visitors, place_of
from bot.texts import say

logger = logging.getLogger(__name__)
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True)
class Page:
    """A message and its buttons, not yet sent."""

    text: Styled
    keyboard: InlineKeyboardMarkup | None = None


@dataclass(frozen=True)
class Guest:
    """Somebody in front of us, for the length of one update."""

    update: Update
    place: Place
    id: int
    first_name: str
    language: str
    now: datetime

    @property
    def query(self) -> CallbackQuery | None:
        """The press, if it was one."""
        return self.update.callback_query

    def say(self, key: str, **values: object) -> str:
        """The sentence in the guest's language."""
        return say(self.language, key, **values)

    def pressed_under(self, *marks: str) -> Message | None:
        """The message whose button was pressed, if it has one of these buttons, too: then it may be changed."""
        message = self.query.message if self.query else None
        if not isinstance(message, Message) or message.reply_markup is None:
            return None
        data = [str(button.callback_data) for row in message.reply_markup.inline_keyboard for button in row]
        return message if any(one.startswith(marks) for one in data) else None

    async def show(self, sender: Sender, page: Page, *marks: str) -> None:
        """Put the page into the message that was pressed, if it is marked as ours to change; else send it.

        An answer or a notice stays as it is, whatever was pressed under it.
        """
        message = self.pressed_under(*marks) if marks else None
        if message is not None:
            try:
                await sender.edit(message, page.text, page.keyboard)
            except BadRequest as error:  # deleted meanwhile, or too old to be changed
                logger.info("sent instead of edited: %s", error)
            else:
                return
        await sender.send(self.place, page.text, page.keyboard)

    async def toast(self, text: str = "") -> None:
        """Answer the press, if it was one."""
        if self.query is not None:
            await toast(self.query, text[:200])


async def guest_of(update: Update, visitors: Visitors, now: datetime) -> Guest | None:
    """Who sent this update; None where nobody did."""
    place, user = place_of(update), update.effective_user
    if place is None or user is None:
        return None
    return Guest(update, place, user.id, line(clean(user.first_name)), await visitors.language(update), now)


async def asked(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What the store says, asked in a thread."""
    return await asyncio.to_thread(work, *args, **kwargs)
