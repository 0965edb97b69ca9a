"""Bell: tells everyone who waits that something changed, and that the stand-in is closing."""

from __future__ import annotations

import asyncio


class Bell:
    """Many may wait; one ring wakes all of them. Who was not waiting hears nothing, so look first, then wait."""

    def __init__(self) -> None:
        self._next = asyncio.Event()
        self.closed = False

    def ring(self) -> None:
        """Wake everyone who waits now."""
        ringing, self._next = self._next, asyncio.Event()
        ringing.set()

    def close(self) -> None:
        """Wake everyone, for good: long polls and event streams end at once instead of holding up the exit."""
        self.closed = True
        self.ring()

    async def wait(self, seconds: float | None = None) -> None:
        """Return at the next ring, after ``seconds``, or at once when closed."""
        if self.closed:
            return
        try:
            async with asyncio.timeout(seconds):
                await self._next.wait()
        except TimeoutError:
            return
