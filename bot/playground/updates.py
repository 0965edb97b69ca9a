"""Updates: what the bot has not confirmed yet, and who may read it.

Polling and a webhook exclude each other, and so do two pollers: the newer one wins, as at Telegram.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.playground.bell import Bell
from bot.playground.faults import Copies
from bot.playground.refusals import bad_request, conflict

FIRST_ID = 700_000_001
KEPT_SECONDS = 24 * 60 * 60
LONGEST_POLL = 50
NOT_BY_DEFAULT = frozenset({"chat_member", "message_reaction", "message_reaction_count"})


@dataclass(frozen=True)
class Webhook:
    """Where updates are delivered to; no address means that the bot polls."""

    url: str = ""
    secret: str = ""
    max_connections: int = 40


@dataclass(frozen=True)
class Update:
    """One update, with the moment it was made: Telegram forgets it after a day."""

    id: int
    at: float
    body: dict[str, Any]

    def to_json(self) -> dict[str, Any]:
        """The Bot API's ``Update``."""
        return {"update_id": self.id, **self.body}


class Updates:
    """The queue between the visitors and the bot."""

    def __init__(self, clock: Callable[[], float], bell: Bell, copies: Copies[Update]) -> None:
        self._clock = clock
        self._bell = bell
        self._copies = copies
        self._next_id = FIRST_ID
        self._pending: list[Update] = []
        self._allowed: frozenset[str] = frozenset()
        self._reader = 0
        self._taken_by = ""
        self.webhook = Webhook()
        self.last_error: tuple[int, str] | None = None

    @property
    def pending(self) -> tuple[Update, ...]:
        """What the bot has still to confirm, oldest first."""
        oldest = self._clock() - KEPT_SECONDS
        self._pending = [update for update in self._pending if update.at > oldest]
        return tuple(self._pending)

    @property
    def allowed(self) -> tuple[str, ...]:
        """The kinds the bot asked for; empty for Telegram's usual ones."""
        return tuple(sorted(self._allowed))

    def add(self, kind: str, content: dict[str, Any]) -> None:
        """Queue one update, unless the bot said it does not want this kind."""
        wanted = kind in self._allowed if self._allowed else kind not in NOT_BY_DEFAULT
        if not wanted:
            return
        self._pending.append(Update(self._next_id, self._clock(), {kind: content}))
        self._next_id += 1
        self._bell.ring()

    def allow(self, kinds: Any) -> None:
        """Remember which kinds are wanted from now on; nothing said changes nothing."""
        if kinds is None:
            return
        if not isinstance(kinds, list) or not all(isinstance(kind, str) for kind in kinds):
            raise bad_request("can't parse allowed_updates: expected an Array of String")
        self._allowed = frozenset(kinds)

    def forget(self, ids: Sequence[int]) -> None:
        """These were delivered."""
        gone = frozenset(ids)
        self._pending = [update for update in self._pending if update.id not in gone]

    def due(self, most: int) -> list[Update]:
        """What is brought to the bot next."""
        return self._copies.among(self.pending, most)

    def drop_all(self) -> None:
        """The bot starts afresh."""
        self._pending = []

    def deliver_to(self, webhook: Webhook) -> None:
        """Set or remove the webhook; a poll that is waiting ends."""
        self.webhook = webhook
        self.last_error = None
        self._reader += 1
        self._taken_by = "setWebhook"
        self._bell.ring()

    async def poll(self, offset: int, limit: int, seconds: float) -> list[dict[str, Any]]:
        """What ``getUpdates`` answers; asking with an offset confirms everything before it."""
        if self.webhook.url:
            raise conflict(
                "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
            )
        self._reader += 1
        self._taken_by = "other getUpdates"
        mine = self._reader
        self._bell.ring()
        self._confirm(offset)
        loop = asyncio.get_running_loop()
        until = loop.time() + min(max(seconds, 0), LONGEST_POLL)
        while True:
            if self._reader != mine:
                raise conflict(
                    f"terminated by {self._taken_by} request; make sure that only one bot instance is running"
                )
            ready = self.due(min(max(limit, 1), 100))
            left = until - loop.time()
            if ready or left <= 0 or self._bell.closed:
                return [update.to_json() for update in ready]
            await self._bell.wait(left)

    def _confirm(self, offset: int) -> None:
        if offset > 0:
            self._pending = [update for update in self._pending if update.id >= offset]
        elif offset < 0:
            self._pending = self._pending[offset:]
