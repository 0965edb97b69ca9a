"""What runs in a bot's process: the whole bot but for its answers, which repeat the question.

``tests.killed_bot`` is the same for a command line. This one is forked, and can also listen on a webhook.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import event
from telegram.request import HTTPXRequest

from bot import failpoints
from bot.chat.application import build, work
from bot.chat.clock import WallClock
from bot.chat.polling import poll
from bot.chat.webhook import listen
from bot.chat.wire import CONNECTIONS, PATIENCE
from bot.citations import Answer
from bot.store import Store
from tests.fakes import FakeKnowledge, echo

SECRET = "a-secret-of-the-benchmark_0123"


@dataclass(frozen=True)
class Settings:
    """What one process is told."""

    api_url: str
    token: str
    database: str
    failpoint: str = ""  # name:n
    webhook_port: int = 0
    work_only: bool = False
    log: str = ""
    clock: str = ""  # a file that says how many seconds the clock is ahead, at any time
    level: int = logging.WARNING


class Jumping(WallClock):
    """The real clock, but that a file sets it forward or back."""

    def __init__(self, file: str) -> None:
        self._file = Path(file)

    def now(self) -> datetime:
        return super().now() + timedelta(seconds=float(self._file.read_text() or 0))


class Forgetful:
    """Answers every question with the question, and keeps nothing of it: what grows in hours of it is the bot's own."""

    async def answer(
        self, question: str, history: Sequence[tuple[str, str]] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        yield echo(question, language or "en")


def run(settings: Settings) -> None:
    """Answer until SIGTERM, or until the process is killed."""
    logging.basicConfig(filename=settings.log or None, level=settings.level, force=True)
    if settings.failpoint:  # the variable was read before this process was forked
        name, _, times = settings.failpoint.partition(":")
        failpoints._name, failpoints._left = name, int(times or 1)
    asyncio.run(_run(settings))


async def _run(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    with closing(Store.open(settings.database, working=True)) as store:
        _let_it_be_refused(store, settings.database)
        chat = build(
            token=settings.token,
            api_url=settings.api_url,
            assistant=Forgetful(),
            library=FakeKnowledge(),
            store=store,
            clock=Jumping(settings.clock) if settings.clock else None,
            request=HTTPXRequest(
                connection_pool_size=CONNECTIONS,
                pool_timeout=PATIENCE,
                httpx_kwargs={"trust_env": False, "verify": False},
            ),
        )
        if settings.work_only:
            await work(chat, stop)
        elif settings.webhook_port:
            url = f"http://127.0.0.1:{settings.webhook_port}"
            await listen(chat, url, SECRET, "127.0.0.1", settings.webhook_port, stop)
        else:
            await poll(chat, stop)


def _let_it_be_refused(store: Store, url: str) -> None:
    """Where there is such a flag beside the file, SQLite refuses to write. Root may write to any disk: so it must be told."""
    if not url.startswith("sqlite"):
        return
    flag = Path(url.removeprefix("sqlite:///") + ".read-only")

    @event.listens_for(store._database._engine, "checkout")
    def given_out(connection: sqlite3.Connection, *_: object) -> None:
        connection.execute(f"PRAGMA query_only = {int(flag.exists())}")
