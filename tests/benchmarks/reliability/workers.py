"""Workers: several processes on one PostgreSQL; how much faster, and what is lost when some of them and it go away."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bot.playground import serve
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import UNLIMITED, listen
from tests.databases import Cluster

CHATS = 500
NUMBER = re.compile(r"Question (\d+)\?")
PATIENCE = 90.0  # seconds without any answer, after which no more is waited for


@dataclass
class Outcome:
    """What so many processes made of the questions."""

    name: str
    asked: int
    answered: int
    twice: int
    disordered: int
    rate: float


def run(updates: int, log: str) -> list[Outcome]:
    """1, 2, 4 and 8 processes; then 8 with two killed and the database restarted in the middle."""
    cluster = Cluster(safe=True)
    try:
        found = [
            asyncio.run(measured(str(number), cluster.fresh(f"w{number}"), number, updates, log))
            for number in (1, 2, 4, 8)
        ]

        async def harm(bots: list[Bot]) -> None:
            await bots[1].kill()
            await bots[2].kill()
            await asyncio.to_thread(cluster.restart)

        name = "8, two killed, PostgreSQL restarted"
        found.append(asyncio.run(measured(name, cluster.fresh("harmed"), 8, updates, log, harm)))
    finally:
        cluster.stop()
    return found


async def measured(
    name: str, url: str, number: int, updates: int, log: str, harm: Callable[[list[Bot]], Awaitable[None]] | None = None
) -> Outcome:
    """All questions at once: one process fetches them, and works as the others do."""
    answers: Counter[int] = Counter()
    order: defaultdict[int, list[int]] = defaultdict(list)
    last = time.monotonic()
    async with serve(limits=UNLIMITED) as server:

        def note(kind: str, details: dict[str, Any]) -> None:
            nonlocal last
            message = details.get("message", {})
            if kind == "message" and message["from"]["is_bot"] and (found := NUMBER.search(message["text"])):
                if int(found[1]) not in answers:
                    order[details["chat_id"]].append(int(found[1]))
                answers[int(found[1])] += 1
                last = time.monotonic()

        listen(server.telegram, note)
        users = [User(10_000 + one, f"Visitor {one}", "en") for one in range(CHATS)]
        for user in users:
            server.telegram.users[user.id] = user
            server.telegram.put_chat(Chat(user.id, "private", user.first_name, (user.id,), "member"))
        settings = Settings(server.api_url, server.telegram.token, url, log=log)
        helper = Settings(**{**vars(settings), "work_only": True})
        bots = [Bot(settings), *(Bot(helper) for _ in range(number - 1))]
        try:
            await asyncio.sleep(3 + number / 2)  # all are up, and nothing is to do yet
            last = began = time.monotonic()
            for one in range(updates):
                say(
                    server.telegram, server.telegram.chat(users[one % CHATS].id), users[one % CHATS], f"Question {one}?"
                )
            harming = None
            while len(answers) < updates and time.monotonic() < last + PATIENCE:
                await asyncio.sleep(0.05)
                if harm and harming is None and len(answers) > updates / 3:
                    harming = asyncio.create_task(harm(bots))  # type: ignore[arg-type]
            seconds = last - began
            await asyncio.sleep(3)  # for what comes too often
        finally:
            await asyncio.gather(*(bot.kill(signal.SIGTERM) for bot in bots))
    disordered = sum(came != sorted(came) for came in order.values())
    return Outcome(
        name, updates, len(answers), sum(answers.values()) - len(answers), disordered, len(answers) / seconds
    )
