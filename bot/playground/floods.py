"""Floods: how fast a bot may speak, in a chat and overall. Buckets that fill with the clock it is given."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from bot.playground.refusals import flooded


@dataclass(frozen=True)
class Limits:
    """Telegram's published figures, with room for a burst: one a second in a private chat, 20 a minute in a group."""

    private_per_second: float = 1.0
    private_burst: int = 10
    group_per_minute: float = 20.0
    group_burst: int = 20
    overall_per_second: float = 30.0
    overall_burst: int = 30


@dataclass(frozen=True)
class _Bucket:
    left: float
    at: float


class Floods:
    """Counts what the bot sends; refuses what comes too fast, and says when to try again."""

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self._limits = limits
        self._clock = clock
        self._buckets: dict[int, _Bucket] = {}

    def count(self, chat_id: int) -> None:
        """Take one from the chat's bucket and one from the bot's, or take none and refuse."""
        limits = self._limits
        if chat_id > 0:
            chat = self._filled(chat_id, limits.private_burst, limits.private_per_second)
            rate = limits.private_per_second
        else:
            rate = limits.group_per_minute / 60
            chat = self._filled(chat_id, limits.group_burst, rate)
        overall = self._filled(0, limits.overall_burst, limits.overall_per_second)
        for bucket, pace in ((chat, rate), (overall, limits.overall_per_second)):
            if bucket.left < 1:
                raise flooded(max(1, math.ceil((1 - bucket.left) / pace)))
        self._buckets[chat_id] = _Bucket(chat.left - 1, chat.at)
        self._buckets[0] = _Bucket(overall.left - 1, overall.at)

    def _filled(self, key: int, burst: int, rate: float) -> _Bucket:
        now = self._clock()
        bucket = self._buckets.get(key, _Bucket(burst, now))
        return _Bucket(min(burst, bucket.left + max(0.0, now - bucket.at) * rate), now)
