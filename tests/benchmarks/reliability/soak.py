"""Soak: hours of everything that can go wrong at Telegram, at a modest rate; then what is lost, and what is stuck."""

from __future__ import annotations

import asyncio
import random
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sqlalchemy import func, select

from bot.playground import Faults, serve
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from bot.store import Store, tables
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import NOTICE, UNLIMITED, listen

CHATS = 200
ROUGH = Faults(
    deliveries=3, dropped=0.01, cut=0.01, garbled=0.01, failed=0.01, slow=0.005, slow_seconds=8.0, flooded=0.005,
    flooded_overall=0.0005,
)  # fmt: skip
NUMBER = re.compile(r"Question (\d+)\?")
SETTLING = 300.0  # seconds without faults, at most, until everything must be done


@dataclass
class Outcome:
    """What there was at the end."""

    seconds: float
    asked: int = 0
    answered: int = 0
    apologies: int = 0
    doubled: int = 0
    kills: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    delays: list[float] = field(default_factory=list)
    stuck: dict[str, int] = field(default_factory=dict)
    memory: tuple[float, float] = (0.0, 0.0)

    @property
    def lost(self) -> int:
        """Questions that got neither an answer nor an apology."""
        return max(0, self.asked - self.answered - self.apologies)

    def delay(self, share: float) -> float:
        """Seconds within which so many of 100 had their answer."""
        return float(np.percentile(self.delays, share)) if self.delays else 0.0


async def run(url: str, seconds: float, rate: float, kill_every: float, log: str = "") -> Outcome:
    """Ask for so long, under every fault; ``kill_every`` so many seconds the process is killed as well (0: never)."""
    outcome, chance = Outcome(seconds), random.Random(1)
    asked: dict[int, float] = {}
    answers: Counter[int] = Counter()
    async with serve(limits=UNLIMITED, faults=ROUGH) as server:

        def note(kind: str, details: dict[str, Any]) -> None:
            message = details.get("message", {})
            if kind != "message" or not message["from"]["is_bot"]:
                return
            outcome.apologies += message["text"].startswith(NOTICE)
            if found := NUMBER.search(message["text"]):
                answers[int(found[1])] += 1
                if answers[int(found[1])] == 1:
                    outcome.delays.append(time.monotonic() - asked[int(found[1])])

        listen(server.telegram, note)
        users = [User(10_000 + number, f"Visitor {number}", "en") for number in range(CHATS)]
        for user in users:
            server.telegram.users[user.id] = user
            server.telegram.put_chat(Chat(user.id, "private", user.first_name, (user.id,), "member"))
        settings = Settings(server.api_url, server.telegram.token, url, log=log)
        bot, began, killed = Bot(settings), time.monotonic(), time.monotonic()
        try:
            while (now := time.monotonic()) < began + seconds:
                user = chance.choice(users)
                asked[len(asked)] = now
                say(server.telegram, server.telegram.chat(user.id), user, f"Question {len(asked) - 1}?")
                if not outcome.memory[0] and now > began + seconds / 10:
                    outcome.memory = (bot.resident, 0.0)
                if kill_every and now > killed + kill_every:
                    await bot.kill()
                    bot, killed = Bot(settings), now
                    outcome.kills += 1
                await asyncio.sleep(chance.expovariate(rate))
            outcome.memory = (outcome.memory[0], bot.resident)
            server.telegram.trouble.faults = Faults()
            end = time.monotonic() + SETTLING
            while len(answers) + outcome.apologies < len(asked) and time.monotonic() < end:
                await asyncio.sleep(1.0)
            await asyncio.sleep(min(30.0, seconds))  # for letters, and for what comes too often
        finally:
            await bot.kill(signal.SIGTERM)
        outcome.faults = server.telegram.trouble.counts
    outcome.asked, outcome.answered = len(asked), len(answers)
    outcome.doubled = sum(answers.values()) - len(answers)
    outcome.stuck = _stuck(url)
    return outcome


def _stuck(url: str) -> dict[str, int]:
    """What is neither done nor put aside with a word: updates and letters."""
    inbox = {state: n for state, n in fairs.open_updates(url).items() if state != "poisoned"}
    store, o = Store.open(url), tables.outbox.c
    with store._database.begin() as connection:
        waiting = o.state.in_(["waiting", "sending"])
        letters = connection.scalar(select(func.count()).select_from(tables.outbox).where(waiting)) or 0
    store.close()
    return {**inbox, **({"letters": letters} if letters else {})}
