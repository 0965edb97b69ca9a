"""Asides: commands that concern one person only. In a group they are answered by a way into the private chat."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update

from bot.chat.parts import Aside, Handler
from bot.chat.sending import Sender
from bot.chat.visitors import Place, Visitors, place_of
from bot.texts import say

_LINK = re.compile(r"(?P<name>[a-z]+)(?:[-_](?P<rest>.*))?", re.DOTALL)


class Asides:
    """The commands of ``Part.asides``, and the links that stand for them."""

    def __init__(self, asides: Mapping[str, Aside], visitors: Visitors, sender: Sender) -> None:
        self._asides = asides
        self._visitors = visitors
        self._sender = sender

    def handlers(self) -> dict[str, Handler]:
        """Command -> what it does."""
        return {name: self._command(name) for name in self._asides}

    async def follow(self, update: Update, place: Place, payload: str) -> bool:
        """Do what a deep link stands for (``meet-tuen``). False where it stands for nothing of this kind."""
        match = _LINK.fullmatch(payload)
        if match is None or match["name"] not in self._asides or not place.private:
            return False
        await self._asides[match["name"]](update, place, match["rest"] or "")
        return True

    def _command(self, name: str) -> Handler:
        async def do(update: Update, _context: Any) -> None:
            place, message = place_of(update), update.message
            if place is None or message is None:
                return
            if place.private:
                await self._asides[name](update, place, (message.text or "").partition(" ")[2].strip())
                return
            language = await self._visitors.language(update)
            button = InlineKeyboardButton(
                say(language, "buttons.in_private"), url=private_link(self._sender.bot.username, name)
            )
            await self._sender.send(place, say(language, "chat.in_private"), InlineKeyboardMarkup.from_button(button))

        return do


def private_link(username: str, payload: str) -> str:
    """The link that opens the private chat and says ``/start payload`` there."""
    return f"https://t.me/{username}?start={payload}"
