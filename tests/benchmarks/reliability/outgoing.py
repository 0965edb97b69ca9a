"""Outgoing: many letters at once against Telegram's limits, and one chat that is told to wait in the middle of it."""

from __future__ import annotations

import asyncio
import signal
import time
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from bot.playground import Limits, Telegram, serve
from bot.playground.people import Chat
from bot.store import Store, tables
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.visitors import listen

PER_CHAT = 10
STRICT = Limits(private_burst=3)  # 1 a second in a chat, 30 a second overall
FLOOD = 15  # seconds


@dataclass
class Outcome:
    """What arrived, and how."""

    letters: int
    arrived: int = 0
    seconds: float = 0.0
    steady_429: int = 0
    disordered: int = 0
    flood_429: int = 0
    others_meanwhile: float = 0.0  # messages a second to other chats while one had to wait
    resumed: float = 0.0  # seconds after its time was over


async def run(url: str, letters: int, log: str = "") -> Outcome:
    """As many letters, ``PER_CHAT`` in a row for each chat."""
    chats = [10_000 + number for number in range(letters // PER_CHAT)]
    _write(url, chats)
    outcome, arrived = Outcome(letters), defaultdict[int, list[tuple[float, str]]](list)
    async with serve(limits=STRICT) as server:
        telegram = server.telegram
        for chat in chats:
            telegram.put_chat(Chat(chat, "private", f"Visitor {chat}", (chat,), "member"))

        def note(kind: str, details: dict[str, Any]) -> None:
            if kind == "message":
                arrived[details["chat_id"]].append((time.monotonic(), details["message"]["text"]))

        listen(telegram, note)
        bot = Bot(Settings(server.api_url, telegram.token, url, log=log))
        began = time.monotonic()
        try:
            await _until(telegram, arrived, letters // 2)
            outcome.steady_429 = telegram.trouble.counts["answered 429"]
            await _flooded(telegram, chats, arrived, outcome)
            before = telegram.trouble.counts["answered 429"]
            await _until(telegram, arrived, letters)
            outcome.steady_429 += telegram.trouble.counts["answered 429"] - before
        finally:
            await bot.kill(signal.SIGTERM)
        outcome.seconds = time.monotonic() - began
    outcome.arrived = sum(map(len, arrived.values()))
    outcome.disordered = sum(
        [text for _, text in came] != sorted(text for _, text in came) for came in arrived.values()
    )
    return outcome


async def _flooded(
    telegram: Telegram, chats: list[int], arrived: dict[int, list[tuple[float, str]]], outcome: Outcome
) -> None:
    """Tell one chat that still expects something to wait; watch what happens there and elsewhere."""
    chat = next(one for one in chats if len(arrived[one]) < PER_CHAT - 1)
    before, began, others = telegram.trouble.counts["answered 429"], time.monotonic(), _count(arrived)
    had = len(arrived[chat])
    telegram.trouble.flood(chat, FLOOD)
    await asyncio.sleep(FLOOD)
    outcome.others_meanwhile = (_count(arrived) - others) / (time.monotonic() - began)
    over = time.monotonic()
    async with asyncio.timeout(60):
        while len(arrived[chat]) == had:
            await telegram.bell.wait(0.1)
    outcome.resumed = time.monotonic() - over
    outcome.flood_429 = telegram.trouble.counts["answered 429"] - before


async def _until(telegram: Telegram, arrived: dict[int, list[tuple[float, str]]], wanted: int) -> None:
    """Wait for so many; give up when nothing has come for a minute."""
    last, since = -1, time.monotonic()
    while (now := _count(arrived)) < wanted and time.monotonic() - since < 60:
        if now != last:
            last, since = now, time.monotonic()
        await asyncio.sleep(0.1)


def _count(arrived: dict[int, list[tuple[float, str]]]) -> int:
    return sum(map(len, arrived.values()))


def _write(url: str, chats: list[int]) -> None:
    """The letters, as something that happened to many people at one moment would have written them."""
    store, now = Store.open(url), datetime.now(UTC)
    rows = [
        {
            "dedupe_key": f"sorry:{chat}:{number}", "kind": "sorry", "to": "visitor", "receiver": str(chat),
            "subject_id": f"{number}", "details": {"language": "en", "reference": f"{number}"}, "due_at": now,
            "state": "waiting", "attempts": 0, "last_error": "",
        }
        for chat in chats
        for number in range(PER_CHAT)
    ]  # fmt: skip
    with store._database.begin() as connection:
        connection.execute(insert(tables.outbox), rows)
    store.close()
