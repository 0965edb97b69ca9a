"""A steady stream of questions, each from somebody else, through a fault: what each of them heard."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

from bot.playground import Server
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from tests.benchmarks.reliability.visitors import NOTICE, listen

FIRST = 10_000
PATIENCE = 90.0  # seconds without a word to anybody, after which no more is waited for
AFTERWARDS = 2.0  # seconds for what comes too often
RATE = 5  # questions a second


@dataclass
class Outcome:
    """What became of the questions before, during and after the fault."""

    name: str
    asked: int
    heard: int  # who heard something: an answer or an apology
    twice: int  # messages that were one too many
    apologies: int
    meanwhile: int  # who asked while it lasted and heard while it lasted
    longest: float
    left: object = None

    @property
    def lost(self) -> int:
        """Who heard nothing."""
        return self.asked - self.heard


async def through(
    name: str,
    server: Server,
    fault: AbstractAsyncContextManager[object],
    seconds: float,
    question: str = "Question {}?",
    before: int = RATE,
) -> Outcome:
    """Ask ``before`` questions, then for so long within the fault, and once more after it."""
    asked: list[float] = []
    heard: Counter[int] = Counter()
    sorry: Counter[int] = Counter()
    longest, last = 0.0, time.monotonic()

    def note(kind: str, details: dict[str, Any]) -> None:
        nonlocal longest, last
        message, number = details.get("message", {}), details.get("chat_id", 0) - FIRST
        if kind != "message" or not message["from"]["is_bot"] or not 0 <= number < len(asked):
            return
        last = time.monotonic()
        heard[number] += 1
        sorry[number] += message["text"].startswith(NOTICE)
        longest = max(longest, last - asked[number])

    async def ask(number: int) -> None:
        for _ in range(number):
            user = User(FIRST + len(asked), "Visitor", "en")
            server.telegram.users[user.id] = user
            server.telegram.put_chat(Chat(user.id, "private", "Visitor", (user.id,), "member"))
            asked.append(time.monotonic())
            say(server.telegram, server.telegram.chat(user.id), user, question.format(len(asked) - 1))
            await asyncio.sleep(1 / RATE)

    async def until_all() -> None:
        while len(heard) < len(asked) and time.monotonic() < max(last, asked[-1]) + PATIENCE:
            await asyncio.sleep(0.05)

    listen(server.telegram, note)
    await ask(before)
    await until_all()
    longest = 0.0  # the start is not what is measured
    async with fault:
        await ask(int(seconds * RATE))
        meanwhile = len(heard) - before
    await ask(RATE)
    await until_all()
    await asyncio.sleep(AFTERWARDS)
    apologies = sum(1 for number in sorry if sorry[number])
    return Outcome(name, len(asked), len(heard), heard.total() - len(heard), apologies, meanwhile, longest)
