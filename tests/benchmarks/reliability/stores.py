"""Stores: a database that somebody else keeps locked, and a disk that is full, while people go on asking."""

from __future__ import annotations

import asyncio
import re
import resource
import signal
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.playground import serve
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import UNLIMITED, listen

NUMBER = re.compile(r"Question (\d+)\?")
PATIENCE = 90.0
RATE = 5  # questions a second
Fault = Callable[[str, Bot], AbstractAsyncContextManager[None]]


@dataclass
class Outcome:
    """What became of the questions before, during and after the fault."""

    name: str
    asked: int
    answered: int
    twice: int
    apologies: int
    meanwhile: int  # answered while it lasted
    longest: float
    left: dict[str, int]


@asynccontextmanager
async def locked(url: str, _: Bot) -> AsyncIterator[None]:
    """Another process is in a transaction that it does not end."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@asynccontextmanager
async def full(_: str, bot: Bot) -> AsyncIterator[None]:
    """No file can grow: the write comes back with an error, as from a disk without room."""
    before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)


FAULTS: dict[str, Fault] = {"locked by another process": locked, "disk full": full}


async def run(name: str, url: str, seconds: float, log: str = "") -> Outcome:
    """Ask before, while it lasts (so many seconds), and after."""
    asked: list[float] = []
    answers: Counter[int] = Counter()
    longest = 0.0
    async with serve(limits=UNLIMITED) as server:

        def note(kind: str, details: dict[str, Any]) -> None:
            nonlocal longest
            message = details.get("message", {})
            if kind == "message" and message["from"]["is_bot"] and (found := NUMBER.search(message["text"])):
                answers[int(found[1])] += 1
                longest = max(longest, time.monotonic() - asked[int(found[1])])

        listen(server.telegram, note)
        bot = Bot(Settings(server.api_url, server.telegram.token, url, log=log))

        async def ask(number: int) -> None:
            for _ in range(number):
                user = User(10_000 + len(asked), "Visitor", "en")
                server.telegram.users[user.id] = user
                server.telegram.put_chat(Chat(user.id, "private", "Visitor", (user.id,), "member"))
                say(server.telegram, server.telegram.chat(user.id), user, f"Question {len(asked)}?")
                asked.append(time.monotonic())
                await asyncio.sleep(1 / RATE)

        async def until(number: int) -> None:
            end = time.monotonic() + PATIENCE
            while len(answers) < number and time.monotonic() < end:
                await asyncio.sleep(0.05)

        try:
            await ask(RATE)
            await until(RATE)
            async with FAULTS[name](url, bot):
                await ask(int(seconds * RATE))
                meanwhile = len(answers) - RATE
            await ask(RATE)
            await until(len(asked))
            await asyncio.sleep(1)  # for what comes too often
            apologies = sum(
                one.sender.is_bot and not NUMBER.search(one.text)
                for chat in server.telegram.messages.values()
                for one in chat.values()
            )
        finally:
            await bot.kill(signal.SIGTERM)
    twice = sum(answers.values()) - len(answers)
    return Outcome(name, len(asked), len(answers), twice, apologies, meanwhile, longest, fairs.open_updates(url))
