"""Webhook: what strangers send to it, and what of that is processed or written down."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import socket
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from sqlalchemy import func, select

from bot.chat.webhook import path_of
from bot.playground import serve
from bot.store import Store, tables
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import SECRET, Settings
from tests.benchmarks.reliability.visitors import UNLIMITED

MARK = "a-canary-that-nobody-may-write-down"
LARGE = 10 * 2**20
STRANGE = 900_000_000  # the strangers' updates are numbered from here on
SLOW = 20  # clients that send a byte now and then


@dataclass
class Outcome:
    """How many of each kind, what they were answered, and what was left of them."""

    sent: Counter[str] = field(default_factory=Counter)
    answered: dict[str, Counter[str]] = field(default_factory=dict)
    processed: int = 0
    written: int = 0  # lines of the log with a secret or a text of theirs
    honest: float = 0.0  # the longest an honest update waited meanwhile, in seconds

    def note(self, kind: str, answer: str) -> None:
        """One more."""
        self.sent[kind] += 1
        self.answered.setdefault(kind, Counter())[answer] += 1


async def run(url: str, each: int, port: int, log: Path) -> Outcome:
    """``each`` of every kind, at the same time, while honest updates go on coming."""
    outcome = Outcome()
    async with serve(limits=UNLIMITED) as server:
        token = server.telegram.token
        bot = Bot(Settings(server.api_url, token, url, webhook_port=port, log=str(log), level=logging.DEBUG))
        address = f"http://127.0.0.1:{port}{path_of(SECRET)}"
        limits = httpx.Limits(max_connections=30)
        try:
            async with httpx.AsyncClient(trust_env=False, timeout=90, limits=limits) as http:
                await _listening(port)
                attacks = [_attack(http, address, number, outcome) for number in range(each)]
                slow = [_dribble(address, outcome) for _ in range(SLOW)]
                honest = asyncio.create_task(_honest(http, address, outcome))
                await asyncio.gather(*attacks, *slow)
                honest.cancel()
        finally:
            await bot.kill(signal.SIGTERM)
    outcome.processed = _kept(url)
    lines = log.read_text("utf-8").splitlines() if log.exists() else []
    outcome.written = sum(any(one in line for one in (SECRET, MARK, token)) for line in lines)
    return outcome


def update(number: int) -> bytes:
    """What Telegram would send, with a text that must not be found anywhere."""
    chat = {"id": number, "type": "private"}
    sender = {"id": number, "is_bot": False, "first_name": MARK}
    message = {"message_id": 1, "date": 1, "chat": chat, "from": sender, "text": MARK}
    return json.dumps({"update_id": STRANGE + number, "message": message}).encode()


async def _attack(http: httpx.AsyncClient, url: str, number: int, outcome: Outcome) -> None:
    good = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    body = update(number)

    async def large() -> AsyncIterator[bytes]:
        for _ in range(LARGE // 65536):
            yield b"x" * 65536

    attacks = {
        "wrong secret": ("POST", url, {**good, "X-Telegram-Bot-Api-Secret-Token": MARK}, body),
        "no secret": ("POST", url, {"Content-Type": "application/json"}, body),
        "secret of 30,000 characters": ("POST", url, {**good, "X-Telegram-Bot-Api-Secret-Token": MARK * 800}, body),
        "wrong path": ("POST", url + MARK, good, body),
        "GET": ("GET", url, good, None),
        "PUT": ("PUT", url, good, body),
        "not JSON by its type": ("POST", url, {**good, "Content-Type": "text/plain"}, body),
        "bad JSON": ("POST", url, good, body[:-9]),
        "JSON without an update's number": ("POST", url, good, json.dumps({"message": MARK}).encode()),
        "JSON nested 100,000 deep": ("POST", url, good, b"[" * 100_000),
        "10 MB": ("POST", url, good, b"x" * LARGE),
        "10 MB in pieces": ("POST", url, good, large()),
    }
    for kind, (method, address, headers, content) in attacks.items():
        try:
            answer = str((await http.request(method, address, headers=headers, content=content)).status_code)
        except httpx.HTTPError as error:
            answer = type(error).__name__
        outcome.note(kind, answer)


async def _dribble(url: str, outcome: Outcome) -> None:
    """A client that announces a body and brings it byte by byte, until it is shut out or has had enough."""
    parts = httpx.URL(url)
    reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
    head = f"POST {parts.path} HTTP/1.1\r\nHost: x\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 5000\r\n\r\n".encode())
    answer = "held for 60 s"
    try:
        for _ in range(60):
            writer.write(b"{")
            await writer.drain()
            try:
                async with asyncio.timeout(1):
                    answer = (await reader.readline()).decode().split(" ")[1]
                    break
            except TimeoutError:
                continue
    except (ConnectionError, IndexError):
        answer = "closed"
    finally:
        writer.close()
    outcome.note("slow client", answer)


async def _honest(http: httpx.AsyncClient, url: str, outcome: Outcome) -> None:
    """Updates that know the secret, ten a second; their texts may of course be kept."""
    headers = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}
    number = 0
    while True:
        number += 1
        began = time.monotonic()
        body = json.dumps({"update_id": number, "my_chat_member": {}})
        answer = await http.post(url, headers=headers, content=body)
        outcome.honest = max(outcome.honest, time.monotonic() - began)
        outcome.note("honest", str(answer.status_code))
        await asyncio.sleep(0.1)


async def _listening(port: int) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except ConnectionError:
                await asyncio.sleep(0.05)
            else:
                writer.close()
                return


def free_port() -> int:
    """A port that nobody has now."""
    with socket.create_server(("127.0.0.1", 0)) as place:
        port: int = place.getsockname()[1]
        return port


def _kept(url: str) -> int:
    """How many of the strangers' updates are in the inbox, whatever became of them."""

    store, i = Store.open(url), tables.inbox.c
    with store._database.begin() as connection:
        found = connection.scalar(select(func.count()).select_from(tables.inbox).where(i.update_id >= STRANGE))
    store.close()
    return found or 0
