"""Clock: what time it is, and waiting. An argument everywhere, so that no test waits for a real second."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Time as the conversations use it."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""


class WallClock:
    """The real one."""

    def now(self) -> datetime:
        """This moment, aware, in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Come back after so many seconds."""
        await asyncio.sleep(seconds)


async def sleep_unless(stop: asyncio.Event, clock: Clock, seconds: float) -> None:
    """Wait, but not past ``stop``: nobody who stops the bot should wait for its patience to end."""
    waits = {asyncio.ensure_future(clock.sleep(seconds)), asyncio.ensure_future(stop.wait())}
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
