"""Triple: every update delivered three times, shuffled, some long after they were answered. One effect each."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections import Counter
from dataclasses import dataclass

from bot.playground import Faults, Telegram, serve
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import UNLIMITED

CHATS = 500
ANSWER = re.compile(r"You asked: Question (\d+)\?")
QUIET = 60.0  # seconds without anything new, after which no more is waited for


@dataclass
class Outcome:
    """What came of it."""

    delivered: int
    answered: int
    twice: int
    disordered: int
    seconds: float


async def run(url: str, updates: int, webhook_port: int = 0, log: str = "") -> Outcome:
    """So many questions in ``CHATS`` chats, all at once."""
    async with serve(limits=UNLIMITED, faults=Faults(deliveries=3)) as server:
        telegram, began = server.telegram, time.monotonic()
        for number in range(updates):
            user = User(10_000 + number % CHATS, "Visitor", "en")
            if user.id not in telegram.chats:
                telegram.users[user.id] = user
                telegram.put_chat(Chat(user.id, "private", user.first_name, (user.id,), "member"))
            say(telegram, telegram.chat(user.id), user, f"Question {number}?")
        bot = Bot(Settings(server.api_url, telegram.token, url, webhook_port=webhook_port, log=log))
        try:
            answers = await _settled(telegram, updates)
        finally:
            await bot.kill(signal.SIGTERM)
        seconds = time.monotonic() - began
        counted = Counter(text for texts in answers.values() for text in texts)
        disordered = sum(list(dict.fromkeys(texts)) != sorted(set(texts), key=_number) for texts in answers.values())
        brought = telegram.trouble.counts["brought"]
    return Outcome(brought, len(counted), sum(counted.values()) - len(counted), disordered, seconds)


async def _settled(telegram: Telegram, wanted: int) -> dict[int, list[str]]:
    """Wait until there are as many answers, or nothing new has come for long; what was answered in each chat."""
    count, since = 0, time.monotonic()
    while time.monotonic() - since < (QUIET if count < wanted else 5.0):
        await asyncio.sleep(1.0)
        answers = {
            chat: [one.text for one in telegram.history(chat) if ANSWER.match(one.text)] for chat in telegram.chats
        }
        now = sum(map(len, answers.values()))
        if now != count or telegram.updates.pending:
            count, since = now, time.monotonic()
    return answers


def _number(text: str) -> int:
    found = ANSWER.match(text)
    return int(found[1]) if found else -1
