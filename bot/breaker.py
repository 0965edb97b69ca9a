"""A circuit breaker: who keeps failing is left alone for a while, and then tried with a single call. Pure.

As in M. T. Nygard, *Release It!* (2007), chapter 5. The libraries there are (pybreaker, purgatory, circuitbreaker) wrap
a call that returns or raises, on their own clock; a model's answer is a stream that may be stopped half-way, which tells
nothing about the model.
"""

from __future__ import annotations

from collections import deque

FAILURES, AMONG = 5, 10  # so many of the last calls: also a model that fails every second time
PAUSE, LONGEST_PAUSE = 30.0, 300.0  # seconds; each failed trial doubles it


class Breaker:
    """Closed: every call is allowed. Open: none. After the pause: one, on which it depends. Time is in seconds.

    Each call that was allowed must end in ``succeeded``, ``failed`` or ``let_go``.
    """

    def __init__(self) -> None:
        self._failed: deque[bool] = deque(maxlen=AMONG)
        self._pause = PAUSE
        self._until: float | None = None  # None: closed
        self._trying = False

    @property
    def open(self) -> bool:
        """Whether it waits for a trial to succeed."""
        return self._until is not None

    def allows(self, now: float) -> bool:
        """Whether to call now."""
        if self._until is None:
            return True
        if self._trying or now < self._until:
            return False
        self._trying = True
        return True

    def succeeded(self) -> None:
        """The call was answered."""
        if self._until is not None:
            self._failed.clear()
            self._until, self._trying, self._pause = None, False, PAUSE
        self._failed.append(False)

    def failed(self, now: float) -> None:
        """The call was not answered, or not in time."""
        if self._trying:
            self._until, self._trying = now + self._pause, False
            self._pause = min(self._pause * 2, LONGEST_PAUSE)
            return
        if self._until is not None:  # it was called before the circuit opened
            return
        self._failed.append(True)
        if sum(self._failed) >= FAILURES:
            self._until = now + self._pause
            self._pause = min(self._pause * 2, LONGEST_PAUSE)

    def let_go(self) -> None:
        """The call ended before anything could be told from it: the next may be the trial."""
        self._trying = False
