"""Work: the one update that is being worked on, for whoever needs to know of it on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from datetime import datetime

from bot.store import Turn
from bot.store.background import Background
from bot.store.inbox import End
from bot.updates import Update


class Work:
    """An update in hand, and the messages that it has sent.

    They are noted in the inbox by ``tell``'s hearer. Should the process die, the next attempt comes past them first.
    """

    turn: tuple[Turn, bool] | None = None  # what it leaves behind: a question, and whether it was answered
    late = False  # asked so long ago that a word on it is due
    again: End | None = None  # to be tried again: what stood in the way may pass

    def __init__(
        self,
        update_id: int,
        raw: Update,
        received_at: datetime,
        tell: Callable[[], None],
        *,
        sent: Sequence[int] = (),
        resumed: bool = False,
        last_chance: bool = False,
        background: Background | None = None,
    ) -> None:
        self.update_id = update_id
        self.raw = raw
        self.received_at = received_at
        self.resumed = resumed  # an earlier attempt did not end: what it has counted is counted
        self.background = background  # None until somebody has asked
        self.last_chance = last_chance  # earlier attempts did not end; there will be no other
        self.sent = list(sent)
        self._tell = tell
        self._passed = 0  # how many of them this attempt has come past
        self._noted = len(self.sent)
        self._all_noted = asyncio.Event()
        self._all_noted.set()

    def known(self) -> int | None:
        """The next message that an earlier attempt has sent already, if it has."""
        if self._passed >= len(self.sent):
            return None
        self._passed += 1
        return self.sent[self._passed - 1]

    def add(self, message_id: int) -> None:
        """One more was sent just now."""
        self.sent.append(message_id)
        self._passed = len(self.sent)
        self._all_noted.clear()
        self._tell()

    @property
    def unnoted(self) -> bool:
        """Whether there are messages that the inbox does not know of."""
        return self._noted < len(self.sent)

    def noted(self, number: int) -> None:
        """The inbox knows of so many."""
        self._noted = number
        if not self.unnoted:
            self._all_noted.set()

    async def until_noted(self) -> None:
        """Wait until the inbox knows of all: of two messages that it does not know, both would be sent again."""
        await self._all_noted.wait()


current: ContextVar[Work | None] = ContextVar("work", default=None)


def background() -> Background:
    """What is known behind the update in hand."""
    work = current.get()
    return work.background if work and work.background else Background()
