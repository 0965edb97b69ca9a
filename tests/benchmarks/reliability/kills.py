"""Kills: a bot that dies again and again while people talk to it, and what they notice of it."""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from bot.failpoints import NAMES
from bot.playground import STAFF_CHAT_ID, Server, serve
from bot.playground.messages import Message
from bot.playground.updates import FIRST_ID
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import (
    UNLIMITED,
    Step,
    Visitor,
    asks,
    asks_at_once,
    books,
    buttons,
    inquires,
    listen,
    press,
    shapes,
)  # fmt: skip

FIRST_VISITOR = 10_000
IMPATIENCE = 15.0  # seconds until Sofia presses again
LONGEST_LIFE = 20  # messages of the bot from a start to the next kill at random
UNREAD = 3  # letters that may be due when somebody inquires
POST = 180.0  # seconds for the last letters
NOT_REACHED = 2.0  # seconds until a fail point that nothing comes to is given up
KINDS = ("asks", "asks at once", "books", "inquires", "books", "asks")


@dataclass
class Outcome:
    """What happened over all kills."""

    kills: Counter[str] = field(default_factory=Counter)
    back: list[float] = field(default_factory=list)
    cold: list[float] = field(default_factory=list)
    updates: int = 0
    visitors: int = 0
    notices: int = 0
    gave_up: int = 0
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    instead: Counter[str] = field(default_factory=Counter)
    per_kill: Counter[int] = field(default_factory=Counter)
    per_person: Counter[tuple[int, int]] = field(default_factory=Counter)  # of a kill, to one person
    broken: list[str] = field(default_factory=list)
    left: dict[str, int] = field(default_factory=dict)
    longest: float = 0.0


class Crowd:
    """Visitors who come one after the other, so many at a time; and Sofia, who confirms every request."""

    def __init__(self, server: Server, url: str) -> None:
        self.server = server
        self.done: list[Visitor] = []
        self._url = url
        self._slots = fairs.slots(url)
        self._numbers = iter(range(FIRST_VISITOR, 10**7))
        self._coming = True
        self._confirmed: dict[str, float] = {}

    async def come(self, kind: str) -> None:
        """One visitor of this kind after the other, until it is enough."""
        while self._coming:
            self.done.append(await self.one(kind))
            # Staff read so many cards a minute: who inquires faster only lets those who book wait behind them.
            while (
                kind == "inquires" and self._coming and await asyncio.to_thread(fairs.due_letters, self._url) > UNREAD
            ):
                await asyncio.sleep(2)

    async def one(self, kind: str) -> Visitor:
        """A single visitor, to the end."""
        number = next(self._numbers)
        return await Visitor(self.server.telegram, number, kind, self._steps(kind, number)).run()

    def _steps(self, kind: str, number: int) -> list[Step]:
        if kind == "books":
            return books(*self._slots[number % len(self._slots)])
        return {"asks": asks, "asks at once": asks_at_once}[kind](number) if kind != "inquires" else inquires()

    def enough(self) -> None:
        """Nobody new comes."""
        self._coming = False

    async def confirm(self) -> None:
        """As Sofia: press the confirmation under every card, and press again where nothing comes of it."""
        telegram = self.server.telegram
        sofia = telegram.users[202]
        while True:
            for message in telegram.history(STAFF_CHAT_ID):
                for data in buttons(message):
                    pressed = self._confirmed.get(data, 0.0)
                    if data.startswith("s:ok:") and data.endswith(":sofia") and time.monotonic() > pressed + IMPATIENCE:
                        self._confirmed[data] = time.monotonic()
                        press(telegram, sofia, message, data)
            await telegram.bell.wait(IMPATIENCE)


class Witness:
    """Counts the kills, and remembers after how many of them each message of the bot came."""

    def __init__(self, server: Server) -> None:
        self.kills = 0
        self.said: dict[tuple[int, int], int] = {}  # chat and message -> after how many kills
        self.last = time.monotonic()
        self._bell = server.telegram.bell
        listen(server.telegram, self._note)

    async def spoken(self, bot: Bot) -> bool:
        """Wait until the bot says something, or is dead; whether it spoke."""
        before = self.last
        end = time.monotonic() + IMPATIENCE
        while self.last == before and not bot.ending.done() and time.monotonic() < end:
            await self._bell.wait(0.02)
        return self.last != before

    def _note(self, kind: str, details: dict[str, Any]) -> None:
        if kind == "message" and details["message"]["from"]["is_bot"]:
            self.said[details["chat_id"], details["message"]["message_id"]] = self.kills
            self.last = time.monotonic()


async def run(url: str, kills: int, cold: int, size: int, seed: int, log: str) -> Outcome:
    """Kill so many times while ``size`` people talk; then let everybody finish, and look."""
    fairs.furnish(url)
    outcome, chance = Outcome(), random.Random(seed)
    every = kills // cold if cold else kills + 1
    async with serve(limits=UNLIMITED) as server:
        crowd, witness = Crowd(server, url), Witness(server)
        settings = Settings(server.api_url, server.telegram.token, url, log=log)
        confirming = asyncio.create_task(crowd.confirm())
        bot = Bot(settings)
        crowd.done = [await crowd.one(kind) for kind in dict.fromkeys(KINDS)]
        unharmed = {one.kind: shapes(one.heard()) for one in crowd.done}
        people = [asyncio.create_task(crowd.come(KINDS[n % len(KINDS)])) for n in range(size)]
        point = ""
        try:
            for number in range(1, kills + 1):
                outcome.kills[await _die(bot, witness, point, chance)] += 1
                witness.kills, died = number, time.monotonic()
                is_cold = number % every == 0
                point = "" if is_cold or chance.random() < 0.5 else f"{chance.choice(NAMES)}:{chance.randint(1, 6)}"
                bot = Bot(replace(settings, failpoint=point if number < kills else ""), cold=is_cold)
                if number % 100 == 0:
                    print(f"  {number} kills, {len(crowd.done)} people done", file=sys.stderr, flush=True)
                if await witness.spoken(bot):
                    (outcome.cold if is_cold else outcome.back).append(time.monotonic() - died)
            crowd.enough()
            await asyncio.gather(*people)
            await _posted(url)
            await asyncio.sleep(3)  # for what may come too often
        finally:
            confirming.cancel()
            await bot.kill(signal.SIGTERM)
        outcome.updates = server.telegram.updates._next_id - FIRST_ID
        _compare(outcome, crowd.done, unharmed, witness)
    content = {kind: {one.number for one in crowd.done if one.kind == kind and not one.gave_up} for kind in KINDS}
    outcome.broken = fairs.broken(url, content["books"], content["inquires"])
    outcome.left = fairs.open_updates(url)
    return outcome


async def _posted(url: str) -> None:
    """Wait for the letters that are due: a staff chat takes 20 a minute."""
    end = time.monotonic() + POST
    while await asyncio.to_thread(fairs.due_letters, url) and time.monotonic() < end:
        await asyncio.sleep(2)


async def _die(bot: Bot, witness: Witness, point: str, chance: random.Random) -> str:
    """Wait for the end at this point, or bring it about; what it was."""
    if point and not point.startswith("while_releasing") and await bot.ended(NOT_REACHED):
        return point.partition(":")[0]
    for _ in range(chance.randint(1, LONGEST_LIFE)):
        await witness.spoken(bot)
    await asyncio.sleep(chance.uniform(0.0, 0.02))
    await bot.kill(signal.SIGTERM if point.startswith("while_releasing") else signal.SIGKILL)
    return "while_releasing" if point.startswith("while_releasing") else "at random"


def _compare(outcome: Outcome, done: list[Visitor], unharmed: dict[str, Counter[str]], witness: Witness) -> None:
    """What each visitor heard, against what one of the same kind heard before anything was killed."""
    outcome.visitors = len(done)
    for visitor in done:
        outcome.longest = max(outcome.longest, visitor.longest)
        if visitor.stuck and visitor.notices():  # told that it did not work, after the next words were said
            visitor.gave_up = True
        elif visitor.stuck:
            told = [
                f"{witness.said.get((visitor.number, one.id), '')}{'<' if one.sender.is_bot else '>'} {one.text[:40]!r}"
                for one in visitor.telegram.history(visitor.number)
            ]
            outcome.lost.append("\n    ".join([visitor.stuck, *told]))
            continue
        once, again = _distinct(visitor)
        missing, more = unharmed[visitor.kind] - shapes(once), shapes(once) - unharmed[visitor.kind]
        outcome.notices += visitor.notices()
        outcome.gave_up += visitor.gave_up
        outcome.instead += more  # other words than usual, but words
        if missing.total() > more.total() + visitor.notices() and not visitor.gave_up:
            outcome.lost.append(f"{visitor.kind} {visitor.number}: {missing}, {more}")
        outcome.doubled += [f"{visitor.kind} {visitor.number}: {one.text[:40]!r}" for one in again]
        kills = [witness.said[visitor.number, one.id] for one in again]
        outcome.per_kill.update(kills)
        outcome.per_person.update((visitor.number, kill) for kill in kills)


def _distinct(visitor: Visitor) -> tuple[list[Message], list[Message]]:
    """What was said to the visitor, each once; and what was said again."""
    known: set[tuple[str, str]] = set()
    once, again = [], []
    for one in visitor.heard():
        (again if (one.kind, one.text) in known else once).append(one)
        known.add((one.kind, one.text))
    return once, again
