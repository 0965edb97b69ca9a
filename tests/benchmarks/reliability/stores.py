"""Stores: databases that cannot be written for a while, or are gone, or were told the wrong time, while people go on asking."""

from __future__ import annotations

import asyncio
import resource
import signal
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psycopg

from bot.playground import serve
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.bots import Bot
from tests.benchmarks.reliability.process import Settings
from tests.benchmarks.reliability.steady import Outcome, through
from tests.benchmarks.reliability.visitors import UNLIMITED
from tests.databases import Cluster, Databases

Fault = Callable[[Databases, str, Bot], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def locked(_: Databases, url: str, __: Bot) -> AsyncIterator[None]:
    """Another process is in a transaction that it does not end."""
    other = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    yield
    other.execute("ROLLBACK")
    other.close()


@asynccontextmanager
async def full(_: Databases, __: str, bot: Bot) -> AsyncIterator[None]:
    """No file can grow: the write comes back with an error, as from a disk without room."""
    before = resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    yield
    resource.prlimit(bot.pid, resource.RLIMIT_FSIZE, before)


@asynccontextmanager
async def read_only(_: Databases, url: str, __: Bot) -> AsyncIterator[None]:
    """SQLite refuses every write of the bot's, as on a disk that the system has made read-only: see ``process``."""
    flag = Path(url.removeprefix("sqlite:///") + ".read-only")
    flag.touch()
    yield
    flag.unlink()


@asynccontextmanager
async def server_read_only(made: Databases, _: str, __: Bot) -> AsyncIterator[None]:
    """The server refuses every write, as one that has become a replica."""
    assert isinstance(made, Cluster)
    await asyncio.to_thread(_let, made, "on")
    yield
    await asyncio.to_thread(_let, made, "off")


@asynccontextmanager
async def restarted(made: Databases, _: str, __: Bot) -> AsyncIterator[None]:
    """The server is stopped with all its connections and started again."""
    assert isinstance(made, Cluster)
    restarting = asyncio.create_task(asyncio.to_thread(made.restart))
    yield
    await restarting


FAULTS: dict[str, dict[str, Fault]] = {
    "sqlite": {"locked by another process": locked, "disk full": full, "read-only": read_only},
    "postgresql": {"read-only": server_read_only, "restarted": restarted},
}


async def run(name: str, made: Databases, seconds: float, log: str = "") -> Outcome:
    """Ask before, while it lasts (so many seconds), and after."""
    url = made.fresh("fault")
    engine = url.partition(":")[0]
    async with serve(limits=UNLIMITED) as server:
        bot = Bot(Settings(server.api_url, server.telegram.token, url, log=log))
        try:
            outcome = await through(name, server, FAULTS[engine][name](made, url, bot), seconds)
        finally:
            await bot.kill(signal.SIGTERM)
    outcome.left = fairs.open_updates(url)
    return outcome


def _let(cluster: Cluster, setting: str) -> None:
    with psycopg.connect(cluster.url("postgres"), autocommit=True) as admin:
        admin.execute("SET default_transaction_read_only = off")
        admin.execute(f"ALTER SYSTEM SET default_transaction_read_only = '{setting}'")
        admin.execute("SELECT pg_reload_conf()")
