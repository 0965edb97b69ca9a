"""The whole bot as a process of its own, to be killed: only its assistant and its knowledge are those of the tests.

    FAILPOINT=after_claim:3 python -m tests.killed_bot --api-url URL --token TOKEN --database URL
        [--ahead SECONDS] [--work-only]

It answers until SIGTERM, or until it has passed the point so often (see ``bot.failpoints``). "ready" on standard output
says that it has begun. Its clock goes as the real one, so many seconds ahead.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from telegram.request import HTTPXRequest

from bot.chat.application import build, work
from bot.chat.clock import WallClock
from bot.chat.polling import poll
from bot.store import Store
from tests.fakes import EchoAssistant, FakeKnowledge

ROOT = Path(__file__).resolve().parent.parent


class Ahead(WallClock):
    """The real clock, so many seconds ahead."""

    def __init__(self, seconds: float) -> None:
        self._ahead = timedelta(seconds=seconds)

    def now(self) -> datetime:
        return super().now() + self._ahead


def start(
    api_url: str, token: str, database: str, failpoint: str = "", *, ahead: float = 0, work_only: bool = False
) -> subprocess.Popen[str]:
    """Start one; it dies at ``failpoint``. Wait for its "ready" with ``process.stdout.readline()`` where that matters."""
    where = ["--api-url", api_url, "--token", token, "--database", database]
    command = [sys.executable, "-m", "tests.killed_bot", *where, "--ahead", str(ahead)]
    environment = {**os.environ, "FAILPOINT": failpoint}
    more = ["--work-only"] if work_only else []
    return subprocess.Popen([*command, *more], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


async def main(options: argparse.Namespace) -> None:
    """Answer until told to stop."""
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    with closing(Store.open(options.database, working=True)) as store:
        chat = build(
            token=options.token,
            api_url=options.api_url,
            assistant=EchoAssistant(),
            library=FakeKnowledge(),
            store=store,
            clock=Ahead(options.ahead),
            request=HTTPXRequest(connection_pool_size=64, httpx_kwargs={"trust_env": False, "verify": False}),
        )
        begin: Callable[..., Any] = work if options.work_only else poll
        print("ready", flush=True)
        await begin(chat, stop)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("--api-url", "--token", "--database"):
        parser.add_argument(name, required=True)
    parser.add_argument("--ahead", type=float, default=0)
    parser.add_argument("--work-only", action="store_true")
    asyncio.run(main(parser.parse_args()))
