"""How fast somebody may write: a token bucket for each, and one kind word when it is empty. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CALM = 20.0  # seconds of quiet after which a flooder is answered again
REMEMBERED = 10_000  # of whom we remember the pace; those who have been quiet for long are let go


class Verdict(StrEnum):
    """What becomes of a message."""

    ANSWER = "answer"
    ASK_FOR_A_MOMENT = "ask for a moment"
    SILENCE = "silence"


@dataclass(frozen=True)
class _Bucket:
    left: float
    at: datetime
    quiet: bool = False  # was asked for a moment, and has not been calm since


class Pacing:
    """``a_minute`` messages each, all of them at once if need be; 0 is without end.

    Who writes more is asked for a moment once, and then not answered before ``CALM`` seconds without a message.
    """

    def __init__(self, a_minute: int) -> None:
        self._size = float(a_minute)
        self._buckets: dict[int, _Bucket] = {}

    def judge(self, who: int, now: datetime) -> Verdict:
        """What becomes of a message that ``who`` sent at ``now``. Moments may come in any order: none counts back."""
        if not self._size:
            return Verdict.ANSWER
        known = self._buckets.get(who, _Bucket(self._size, now))
        at = max(known.at, now)
        passed = (at - known.at).total_seconds()
        left = min(self._size, known.left + passed * self._size / 60)
        if known.quiet and passed < CALM:
            self._buckets[who] = _Bucket(0, at, quiet=True)
            return Verdict.SILENCE
        if left < 1:
            self._buckets[who] = _Bucket(0, at, quiet=True)
            return Verdict.ASK_FOR_A_MOMENT
        self._buckets[who] = _Bucket(left - 1, at)
        if len(self._buckets) > REMEMBERED:
            self._let_go(at)
        return Verdict.ANSWER

    def _let_go(self, now: datetime) -> None:
        """Forget whose bucket is full again: a new one is the same."""
        self._buckets = {who: one for who, one in self._buckets.items() if (now - one.at).total_seconds() < 60}
