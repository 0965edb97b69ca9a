"""Faults: what goes wrong between a bot and Telegram, on purpose. The same seed lets the same things go wrong.

A call can be refused before anything is done, or carried out without the bot ever hearing of it; an update can come
three times, late and in disorder. Without faults nothing here does anything.
"""

from __future__ import annotations

import asyncio
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from bot.playground.refusals import Refused, flooded

PROXYS_PAGE = b"<html><head><title>502 Bad Gateway</title></head><body>proxy</body></html>"


@dataclass(frozen=True)
class Faults:
    """How often each fault happens, as a share of the calls (0 to 1), and how many times each update is brought."""

    seed: int = 1
    deliveries: int = 1
    dropped: float = 0.0  # carried out, and the connection ends without an answer
    cut: float = 0.0  # carried out, and the connection ends in the middle of the answer
    garbled: float = 0.0  # carried out, and what comes back is some proxy's page
    failed: float = 0.0  # 500, and nothing was done
    slow: float = 0.0
    slow_seconds: float = 20.0
    flooded: float = 0.0  # 429 for this chat, and for all that is sent there until its time is over
    flooded_overall: float = 0.0  # the same for every chat
    flood_seconds: tuple[int, int] = (1, 30)

    def fate(self, method: str, chat: int, number: int) -> tuple[str, int]:
        """What happens to call ``number`` of this method for this chat: a fault or nothing, and how long a flood lasts."""
        chance = random.Random(f"{self.seed} {method} {chat} {number}")  # noqa: S311 - chance and no secret
        drawn, seconds = chance.random(), chance.randint(*self.flood_seconds)
        of_chats = ("flooded", "flooded_overall") if chat else ()
        for name in ("dropped", "cut", "garbled", "failed", "slow", *of_chats):
            drawn -= getattr(self, name)
            if drawn < 0:
                return name, seconds
        return "", 0


class Trouble:
    """What goes wrong at one stand-in. ``faults`` may be exchanged while it runs; ``counts`` says what happened.

    ``counts["impatient"]`` are the calls that came while their chat was still to be left alone, ``counts["brought"]`` the
    updates that were brought, each time counted.
    """

    def __init__(self, faults: Faults, clock: Callable[[], float]) -> None:
        self.faults = faults
        self.counts: Counter[str] = Counter()
        self._clock = clock
        self._calls: Counter[tuple[str, int]] = Counter()
        self._flooded: dict[int, float] = {}  # a chat, 0 for all of them -> until when nothing may be sent there

    async def meet(self, method: str, chat: int) -> str:
        """The fate of a call that is carried out; ``chat`` is 0 where it names none. Raises Refused where it is not."""
        self._calls[method, chat] += 1
        fate, seconds = self.faults.fate(method, chat, self._calls[method, chat])
        if chat and (left := self._left(chat)):
            self.counts["impatient"] += 1
            raise flooded(left)
        if fate:
            self.counts[fate] += 1
        match fate:
            case "failed":
                raise Refused(500, "Internal Server Error")
            case "flooded" | "flooded_overall":
                self.flood(chat if fate == "flooded" else 0, seconds)
                raise flooded(seconds)
            case "slow":
                await asyncio.sleep(self.faults.slow_seconds)
        return fate

    def flood(self, chat: int, seconds: int) -> None:
        """Refuse what is sent to this chat, 0 for every chat, for so long."""
        self._flooded[chat] = self._clock() + seconds

    def _left(self, chat: int) -> int:
        until = max(self._flooded.get(0, 0.0), self._flooded.get(chat, 0.0))
        return max(0, math.ceil(until - self._clock()))


def told(fate: str, answer: Response) -> Response:
    """What the bot hears of a call that was carried out."""
    match fate:
        case "dropped":
            return _Torn(answer, 0.0)
        case "cut":
            return _Torn(answer, 0.5)
        case "garbled":
            return Response(PROXYS_PAGE, media_type="text/html")
    return answer


class _Torn(Response):
    """An answer that brings less than it announces: the server ends the connection where it stops."""

    def __init__(self, whole: Response, share: float) -> None:
        super().__init__(whole.body, whole.status_code, media_type=whole.media_type)
        self._brought = bytes(whole.body)[: int(len(whole.body) * share)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Bring the beginning and no more."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self._brought, "more_body": True})


class Numbered(Protocol):
    """An update, as far as copies of it are concerned."""

    @property
    def id(self) -> int:
        """Its number."""


N = TypeVar("N", bound=Numbered)


class Copies(Generic[N]):
    """Brings each update as often as the faults say: once when it is new, and again whenever it falls."""

    def __init__(self, trouble: Trouble) -> None:
        self._trouble = trouble
        self._again: list[N] = []
        self._brought: set[int] = set()

    def among(self, new: Sequence[N], most: int) -> list[N]:
        """The oldest of what the bot does not have yet, and with it old ones again: ``most`` in all, in disorder."""
        faults = self._trouble.faults
        if faults.deliveries <= 1 and not self._again:
            return list(new[:most])
        chance = random.Random(f"{faults.seed} {len(self._brought)} {len(self._again)}")  # noqa: S311 - as above
        batch = list(new[: max(1, most // faults.deliveries)])
        first = [one for one in batch if one.id not in self._brought]
        chance.shuffle(self._again)
        batch += [self._again.pop() for _ in range(min(most - len(batch), len(self._again)))]
        self._brought |= {one.id for one in first}
        self._again += [one for one in first for _ in range(faults.deliveries - 1)]
        chance.shuffle(batch)
        self._trouble.counts["brought"] += len(batch)
        return batch
