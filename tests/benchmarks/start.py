"""How long it takes from starting ``expo-bot run`` until the first visitor has an answer.

    python -m tests.benchmarks.start [--runs N] [--index DIR]

A process of its own on the playground, with the real index and a fresh database; a question waits with Telegram before it
starts. Printed are the seconds from the start of the process until it is ready, and until the answer is there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import httpx

from bot.playground.server import serve
from tests.fair import ENGLISH, Person
from tests.test_webhook import free_port

ROOT = Path(__file__).resolve().parent.parent.parent
QUESTION = "Where was InterBattery Europe 2025?"


async def once(index: Path) -> tuple[float, float]:
    """Seconds until ready, and until the answer."""
    port = free_port()
    with tempfile.TemporaryDirectory() as folder:
        async with serve() as server, httpx.AsyncClient(trust_env=False) as http:
            visitor = Person(server, http, ENGLISH, ENGLISH)
            await visitor.say(QUESTION)
            environment = {
                **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
                "PYTHONPATH": str(ROOT),
                "TELEGRAM_TOKEN": server.telegram.token,
                "TELEGRAM_API_URL": server.api_url,
                "DATABASE_URL": f"sqlite:///{folder}/bot.db",
                "INDEX": str(index),
                "HEALTH_PORT": str(port),
            }
            begun = time.perf_counter()
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "bot", "run", cwd=folder, env=environment
            )
            try:
                answered = asyncio.create_task(_answered(server, begun))
                ready = await _ready(http, port, begun, process)
                return ready, await answered
            finally:
                if process.returncode is None:
                    process.terminate()
                    await process.wait()


async def _ready(http: httpx.AsyncClient, port: int, begun: float, process: asyncio.subprocess.Process) -> float:
    while process.returncode is None:
        try:
            if (await http.get(f"http://127.0.0.1:{port}/readyz")).status_code == 200:
                return time.perf_counter() - begun
        except httpx.TransportError:
            pass
        await asyncio.sleep(0.02)
    raise SystemExit(process.returncode)  # it has said why


async def _answered(server: object, begun: float) -> float:
    telegram = server.telegram  # type: ignore[attr-defined]
    while not any(message.sender.is_bot for message in telegram.history(ENGLISH)):
        await asyncio.sleep(0.02)
    return time.perf_counter() - begun


def main() -> None:
    """Start it some times and print the middle and the worst."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--index", type=Path, default=ROOT / "index")
    options = parser.parse_args()
    runs = [asyncio.run(once(options.index.resolve())) for _ in range(options.runs)]
    for what, column in (("ready", 0), ("first answer", 1)):
        seconds = [run[column] for run in runs]
        print(f"{what}: median {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s of {len(runs)} starts")
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
