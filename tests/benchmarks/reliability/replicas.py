"""Replicas: the Chroma server is restarted, then gone for a while, under the real program; questions go on being answered."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bot.playground import serve
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.programs import FAIR, Program, ingest
from tests.benchmarks.reliability.steady import Outcome, through
from tests.benchmarks.reliability.visitors import UNLIMITED
from tests.chroma import ChromaServer

QUESTION = "When does the Lantern Fair take place?"
SEEN = 10.0  # seconds within which a replica must have what was ingested


async def run(chroma: ChromaServer, folder: Path, seconds: float) -> tuple[Outcome, float]:
    """Ask for so long while the server is away; returns also how long after its return a new ingest was answered from."""
    address = chroma.fresh()
    await asyncio.to_thread(ingest, folder, CHROMA_URL=address)
    async with serve(limits=UNLIMITED) as server:
        told = {"TELEGRAM_TOKEN": server.telegram.token, "TELEGRAM_API_URL": server.api_url, "CHROMA_URL": address}
        bot = Program(folder, INDEX=str(folder / "copy"), **told)

        @asynccontextmanager
        async def away() -> AsyncIterator[None]:
            await asyncio.to_thread(chroma.stop)
            yield
            await asyncio.to_thread(chroma.start)

        try:
            outcome = await through("Chroma server away, then there again", server, away(), seconds, QUESTION)
            ingest_again = asyncio.to_thread(ingest, folder, FAIR.replace("7 May", "9 May"), CHROMA_URL=address)
            caught_up = await _followed(folder, ingest_again)
        finally:
            await bot.kill(signal.SIGTERM)
        said = [one.text for chat in server.telegram.messages.values() for one in chat.values() if one.sender.is_bot]
    outcome.apologies += sum("7 May 2027" not in text for text in said)
    outcome.left = fairs.open_updates(f"sqlite:///{folder / 'bot.db'}")
    return outcome, caught_up


async def _followed(folder: Path, ingesting: object) -> float:
    """Seconds from the end of an ingest until the copy has switched; infinity where it does not."""
    pointer = folder / "copy" / "current"
    before = pointer.read_text()
    await ingesting  # type: ignore[misc]
    for tick in range(int(SEEN * 20)):
        if pointer.read_text() != before:
            return tick / 20
        await asyncio.sleep(0.05)
    return float("inf")
