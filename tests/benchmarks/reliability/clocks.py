"""Clocks: the bot's clock is set forward and back by an hour while people ask and letters are due."""

from __future__ import annotations

import signal
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.playground import serve
from bot.playground.people import Chat
from bot.store import Store
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.steady import Outcome, through
from tests.benchmarks.reliability.visitors import NOTICE, UNLIMITED, listen
from tests.databases import Files

JUMPS = {"forward by an hour": 3600.0, "back by an hour": -3600.0}
LETTERS = 80  # half of them sent before the jump: more than a second and a chat take, were they sent after it
CHATS = 8
POST = 30.0  # seconds for the last letters
FIRST_CHAT = 90_000


@dataclass
class Letters:
    """What was to be sent besides, and what came."""

    written: int = 0
    arrived: int = 0
    twice: int = 0


async def run(name: str, files: Files, seconds: float, log: str = "") -> tuple[Outcome, Letters]:
    """Ask for so long after the jump; letters are due just before it and after it."""
    url, letters, came = files.fresh("clock"), Letters(), Counter[str]()
    clock = Path(url.removeprefix("sqlite:///") + ".clock")
    clock.write_text("0")
    async with serve(limits=UNLIMITED) as server:
        for chat in range(FIRST_CHAT, FIRST_CHAT + CHATS):
            server.telegram.put_chat(Chat(chat, "private", "Visitor", (chat,), "member"))

        def note(kind: str, details: dict[str, Any]) -> None:
            if kind == "message" and details["message"]["text"].startswith(NOTICE):
                came[details["message"]["text"]] += 1

        listen(server.telegram, note)
        bot = Bot(Settings(server.api_url, server.telegram.token, url, log=log, clock=str(clock)))

        @asynccontextmanager
        async def jump() -> AsyncIterator[None]:
            _write(url, letters, datetime.now(UTC))
            while came.total() < letters.written:  # the chats have just heard much, and all of it "in the future"
                await server.telegram.bell.wait(0.05)
            clock.write_text(f"{JUMPS[name]}")
            _write(url, letters, datetime.now(UTC) + timedelta(seconds=JUMPS[name]))
            yield

        try:
            outcome = await through(name, server, jump(), seconds)
            end = time.monotonic() + POST
            while len(came) < letters.written and time.monotonic() < end:
                await server.telegram.bell.wait(0.05)
        finally:
            await bot.kill(signal.SIGTERM)
    letters.arrived, letters.twice = len(came), came.total() - len(came)
    outcome.left = fairs.open_updates(url)
    return outcome, letters


def _write(url: str, letters: Letters, due: datetime) -> None:
    store = Store.open(url)
    for _ in range(LETTERS // 2):
        number, chat = letters.written, str(FIRST_CHAT + letters.written % CHATS)
        told = {"language": "en", "reference": f"{number:04}"}
        store.outbox.put("sorry", "visitor", chat, f"{number}", f"sorry:{number}", due, **told)
        letters.written += 1
    store.close()
