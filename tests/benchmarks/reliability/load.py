"""Load: questions at a steady rate, and the same for the barest bot that python-telegram-bot allows."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from telegram import Update
from telegram.ext import ApplicationBuilder, MessageHandler, filters
from telegram.request import HTTPXRequest

from bot.playground import Server, serve
from bot.playground.people import Chat, User
from bot.playground.visitors import say
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings, run
from tests.benchmarks.reliability.visitors import UNLIMITED, listen

CHATS = 500
LOOKS = 10  # at the memory, in equal steps: the first tenth is for what fills up once, as the database's own caches do
PATIENCE = 30.0  # seconds for the last answers
NUMBER = re.compile(r"Question (\d+)\?")


@dataclass
class Outcome:
    """What one bot made of it."""

    asked: int = 0
    answered: int = 0
    twice: int = 0
    seconds: float = 0.0
    delays: list[float] = field(default_factory=list)
    memory: dict[float, float] = field(default_factory=dict)  # seconds since the first question -> MiB
    work: float = 0.0  # milliseconds of the processor for each
    burst: float = 0.0  # answers a second when everything comes at once

    @property
    def growth(self) -> float:
        """How much more memory there is at the end than when it was warm: 0.1 is a tenth more."""
        first, *_, last = self.memory.values()
        return last / first - 1

    @property
    def p95(self) -> float:
        """Milliseconds until 95 of 100 had their answer."""
        return float(np.percentile(self.delays, 95) * 1000) if self.delays else 0.0


def echo(settings: Settings) -> None:
    """The barest bot: every text is sent back. It keeps nothing, and confirms what it has merely fetched."""

    async def answer(update: Update, _: object) -> None:
        if update.message:
            await update.message.reply_text(f"You asked: {update.message.text}")

    def request() -> HTTPXRequest:
        return HTTPXRequest(connection_pool_size=256, httpx_kwargs={"trust_env": False, "verify": False})

    builder = ApplicationBuilder().token(settings.token).base_url(f"{settings.api_url}/bot")
    application = builder.request(request()).get_updates_request(request()).build()
    application.add_handler(MessageHandler(filters.TEXT, answer))
    application.run_polling()


async def measured(
    settings: Settings, work: Callable[[Settings], None], rate: float, seconds: float, burst: int
) -> Outcome:
    """One bot under this load, then everything at once."""
    outcome = Outcome(seconds=seconds)
    async with serve(limits=UNLIMITED) as server:
        asked: dict[int, float] = {}
        answers: dict[int, int] = {}
        told = Settings(**{**vars(settings), "api_url": server.api_url, "token": server.telegram.token})

        def note(kind: str, details: dict[str, Any]) -> None:
            message = details.get("message", {})
            if kind != "message" or not message["from"]["is_bot"] or not (found := NUMBER.search(message["text"])):
                return
            number = int(found[1])
            answers[number] = answers.get(number, 0) + 1
            if answers[number] == 1:
                outcome.delays.append(time.perf_counter() - asked[number])

        listen(server.telegram, note)
        users = _people(server)
        bot = Bot(told, work=work)
        try:
            _ask(server, users[0], 0, asked)
            await _until(lambda: 0 in answers)
            outcome.delays.clear()
            total = int(rate * seconds)
            looks = {total * n // LOOKS: seconds * n / LOOKS for n in range(1, LOOKS)}
            begun, before = time.perf_counter(), bot.worked
            for number in range(1, total + 1):
                if (ahead := begun + number / rate - time.perf_counter()) > 0:
                    await asyncio.sleep(ahead)
                _ask(server, users[number % CHATS], number, asked)
                if number in looks:
                    outcome.memory[looks[number]] = bot.resident
            await _until(lambda: len(answers) > total)
            outcome.memory[seconds], outcome.work = bot.resident, (bot.worked - before) * 1000 / total
            outcome.asked, outcome.answered = total, len(answers) - 1
            outcome.twice = sum(answers.values()) - len(answers)
            delays, outcome.delays = outcome.delays, []
            begun = time.perf_counter()
            for number in range(total + 1, total + burst + 1):
                _ask(server, users[number % CHATS], number, asked)
            await _until(lambda: len(answers) > total + burst)
            outcome.burst = (len(answers) - total - 1) / (time.perf_counter() - begun)
            outcome.delays = delays
        finally:
            await bot.kill(signal.SIGTERM)
    return outcome


async def compared(settings: Settings, rate: float, seconds: float, echo_seconds: float, burst: int) -> list[Outcome]:
    """Ours and the barest, one after the other."""
    return [
        await measured(settings, run, rate, seconds, burst),
        await measured(settings, echo, rate, echo_seconds, burst),
    ]


def _people(server: Server) -> list[User]:
    users = [User(10_000 + number, f"Visitor {number}", "en") for number in range(CHATS)]
    for user in users:
        server.telegram.users[user.id] = user
        server.telegram.put_chat(Chat(user.id, "private", user.first_name, (user.id,), "member"))
    return users


def _ask(server: Server, user: User, number: int, asked: dict[int, float]) -> None:
    asked[number] = time.perf_counter()
    say(server.telegram, server.telegram.chat(user.id), user, f"Question {number}?")


async def _until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not true() and time.monotonic() < end:
        await asyncio.sleep(0.05)
