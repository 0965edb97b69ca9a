"""Bots as processes of their own, which can be killed: forked with all modules loaded, or begun from nothing."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

from tests.benchmarks.reliability.process import Settings, run

ROOT = Path(__file__).parents[3]
NURSERY = multiprocessing.get_context("forkserver")  # this process has a loop and threads: it must not be forked
NURSERY.set_forkserver_preload(["tests.benchmarks.reliability.process"])


class Bot:
    """One process. It is killed or stopped from outside, or kills itself at its fail point."""

    def __init__(self, settings: Settings, *, cold: bool = False, work: Callable[[Settings], None] = run) -> None:
        self.pid, wait = _cold(settings) if cold else _forked(work, settings)
        # A thread of its own: the loop's few would soon all be waiting for an end.
        self.ending = asyncio.get_running_loop().run_in_executor(ThreadPoolExecutor(1), wait)

    async def ended(self, seconds: float | None = None) -> bool:
        """Wait for its end, so many seconds at most; whether it came."""
        done, _ = await asyncio.wait({self.ending}, timeout=seconds)
        return bool(done)

    async def kill(self, number: int = signal.SIGKILL) -> None:
        """SIGKILL, or another signal; back when the process is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        await self.ended()

    @property
    def resident(self) -> float:
        """Its memory, in MiB."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20

    @property
    def worked(self) -> float:
        """The processor's time that it has used, in seconds."""
        user, system = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _forked(work: Callable[[Settings], None], settings: Settings) -> tuple[int, Callable[[], object]]:
    process = NURSERY.Process(target=work, args=(settings,), daemon=True)
    process.start()
    return process.pid or 0, process.join


def _cold(settings: Settings) -> tuple[int, Callable[[], object]]:
    """As an operator's supervisor begins it: a new interpreter that has loaded nothing."""
    command = [sys.executable, "-m", "tests.killed_bot"]
    command += ["--api-url", settings.api_url, "--token", settings.token, "--database", settings.database]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "FAILPOINT": settings.failpoint},
    )
    return process.pid, process.wait
