"""What a letter of the outbox becomes: one message to one chat. Whoever knows about its subject renders it.

A letter is written when something happens and read when it is sent, which may be a day later: a renderer looks at how
things stand then, and says None where there is nothing true left to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from telegram import InlineKeyboardMarkup

from bot.chat.styled import Styled
from bot.store.outbox import Letter

Address = tuple[str, str]  # of a renderer: Letter.to and Letter.kind


@dataclass(frozen=True)
class Message:
    """One call to Telegram, so that trying again repeats nothing that arrived.

    ``document`` is a file with ``text`` as its caption, at most 1024 characters. ``card_of`` is the meeting or inquiry
    whose card this is: the card that stands in the chat is changed, else sent. ``then`` is the kind of a letter about the
    same subject that follows at once in the same chat.
    """

    text: Styled
    keyboard: InlineKeyboardMarkup | None = None
    document: tuple[str, bytes] | None = None
    card_of: str = ""
    then: str = ""


class Renderer(Protocol):
    """Puts letters of some kinds into words."""

    @property
    def kinds(self) -> Iterable[Address]:
        """What it renders, as (to, kind): ``("visitor", "received")``, ``("team", "card")``."""

    async def render(self, letter: Letter) -> Message | None:
        """The message as it should be read now, or None where it is no longer true."""


def by_address(renderers: Iterable[Renderer]) -> Mapping[Address, Renderer]:
    """Who renders what. Raises ValueError where two would."""
    found: dict[Address, Renderer] = {}
    for renderer in renderers:
        for address in renderer.kinds:
            if address in found:
                raise ValueError(f"{address} is rendered by {found[address]} and by {renderer}.")
            found[address] = renderer
    return found
