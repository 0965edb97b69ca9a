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


@dataclass(frozen=True, slots=True)
class _Bucket:
    left: float
    sent: datetime  # the latest of their moments
    judged: datetime  # by our clock
    quiet: bool = False  # was asked for a moment, and has not been calm since


class Pacing:
    """``a_minute`` messages each, all of them at once if need be; 0 is without end.

    Who writes more is asked for a moment once, and then not answered before ``CALM`` seconds without a message.
    """

    def __init__(self, a_minute: int) -> None:
        self._size = float(a_minute)
        self._buckets: dict[int, _Bucket] = {}

    def judge(self, who: int, sent: datetime, now: datetime) -> Verdict:
        """What becomes of a message that ``who`` sent at ``sent``. Sent in whatever order, none counts back.

        What has passed is the longer of two: between their messages, so that what waited for us did not come all at
        once, and between our verdicts, so that nobody waits until a clock that was wrong has come to its time again.
        """
        if not self._size:
            return Verdict.ANSWER
        sent = min(sent, now)
        known = self._buckets.get(who, _Bucket(self._size, sent, now))
        latest = max(known.sent, sent)
        passed = max((latest - known.sent).total_seconds(), (now - known.judged).total_seconds())
        left = min(self._size, known.left + passed * self._size / 60)
        if known.quiet and passed < CALM:
            self._buckets[who] = _Bucket(0, latest, now, quiet=True)
            return Verdict.SILENCE
        if left < 1:
            self._buckets[who] = _Bucket(0, latest, now, quiet=True)
            return Verdict.ASK_FOR_A_MOMENT
        self._buckets[who] = _Bucket(left - 1, latest, now)
        if len(self._buckets) > REMEMBERED:
            self._let_go(now)
        return Verdict.ANSWER

    def _let_go(self, now: datetime) -> None:
        """Forget whose bucket is full again: a new one is the same. And who wrote in an hour that was taken back."""
        self._buckets = {who: one for who, one in self._buckets.items() if 0 <= (now - one.judged).total_seconds() < 60}
