"""Journal: what changed, numbered, so that a page can catch up and then follow."""

from __future__ import annotations

from collections import deque
from collections.abc import AsyncIterator
from typing import Any

from bot.playground.bell import Bell

REMEMBERED = 5000


class Journal:
    """The last few thousand changes. A page that was away longer is told to load everything again."""

    def __init__(self, bell: Bell) -> None:
        self.version = 0
        self._changes: deque[dict[str, Any]] = deque(maxlen=REMEMBERED)
        self._bell = bell

    def write(self, kind: str, **details: Any) -> None:
        """Note one change and tell everyone who follows."""
        self.version += 1
        self._changes.append({"version": self.version, "type": kind, **details})
        self._bell.ring()

    def since(self, version: int) -> list[dict[str, Any]]:
        """The changes after ``version``; a single ``reset`` where that is too long ago, or from another run."""
        if version > self.version or (self._changes and version < self._changes[0]["version"] - 1):
            return [{"version": self.version, "type": "reset"}]
        return [change for change in self._changes if change["version"] > version]

    async def follow(self, version: int, beat: float = 15.0) -> AsyncIterator[dict[str, Any] | None]:
        """Each change after ``version``, as it happens; ``None`` once in a while, to keep the connection open."""
        while not self._bell.closed:
            changes = self.since(version)
            for change in changes:
                version = change["version"]
                yield change
            if not changes:
                before = self.version
                await self._bell.wait(beat)
                if self.version == before:
                    yield None
