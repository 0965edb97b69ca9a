"""Models: a provider's server that goes wrong while people ask the real program; each still hears one answer or notice."""

from __future__ import annotations

import asyncio
import json
import re
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.playground import serve
from tests.benchmarks.reliability import fairs
from tests.benchmarks.reliability.programs import OBEYED, QUESTION, Program, ingest
from tests.benchmarks.reliability.steady import FIRST, Outcome, through
from tests.benchmarks.reliability.visitors import UNLIMITED

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
END = b"data: [DONE]\n\n"
WELL = "The Lantern Fair takes place from 5 to 7 May 2027. [1]"
PATIENCE = {"CHAT_FIRST_WORD": "2", "CHAT_TIMEOUT": "5"}
Says = Callable[[str], AsyncIterator[str]]


async def well(_: str) -> AsyncIterator[str]:
    """What is asked for."""
    yield WELL


async def hangs(_: str) -> AsyncIterator[str]:
    """Takes the call and says nothing."""
    await asyncio.sleep(3600)
    yield ""


async def ends_at_once(_: str) -> AsyncIterator[str]:
    """Says nothing, and that it has ended."""
    return
    yield ""


async def streams_for_ever(_: str) -> AsyncIterator[str]:
    """Never comes to an end."""
    while True:
        yield "The Lantern Fair takes place from 5 to 7 May 2027, and "
        await asyncio.sleep(0.02)


async def another_language(_: str) -> AsyncIterator[str]:
    """Answers in French."""
    yield "La Foire aux lanternes de Pohang a lieu du 5 au 7 mai 2027. [1]"


async def obeys(prompt: str) -> AsyncIterator[str]:
    """Says whatever anything that it reads tells it to say."""
    for said in dict.fromkeys(re.findall(r'say \\?"([^"\\]+)', prompt)):
        yield f"{said}. [1] "


FAULTS: dict[str, Says] = {
    "hangs": hangs,
    "ends at once": ends_at_once,
    "streams for ever": streams_for_ever,
    "speaks another language": another_language,
    "obeys whatever it reads": obeys,
}


class Provider:
    """An OpenAI-compatible server that says what ``says`` yields."""

    def __init__(self) -> None:
        self.says: Says = well
        self.asked = 0
        self.address = ""

    async def respond(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request, until nobody listens."""
        self.asked += 1
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
            prompt = (await reader.readexactly(int(length[1]) if length else 0)).decode()
            writer.write(HEAD)
            async for text in self.says(prompt):
                writer.write(_piece(text))
                await writer.drain()
            writer.write(END)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


async def run(name: str, folder: Path, seconds: float) -> tuple[Outcome, int, int]:
    """Ask for so long; returns also how often the model was asked, and how many heard what it had been told to say."""
    provider = Provider()
    await asyncio.to_thread(ingest, folder)
    listening = await asyncio.start_server(provider.respond, "127.0.0.1", 0)
    place = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1"
    async with serve(limits=UNLIMITED) as server:
        told = {"TELEGRAM_TOKEN": server.telegram.token, "TELEGRAM_API_URL": server.api_url, **PATIENCE}
        bot = Program(folder, CHAT_MODEL="openai:any", CHAT_BASE_URL=place, CHAT_API_KEY="none", **told)

        @asynccontextmanager
        async def faulty() -> AsyncIterator[None]:
            provider.says = FAULTS[name]
            yield
            provider.says = well

        try:
            outcome = await through(name, server, faulty(), seconds, QUESTION)
        finally:
            await bot.kill(signal.SIGTERM)
            listening.close()
        obeyed = sum(
            OBEYED in one.text
            for chat in range(FIRST, FIRST + outcome.asked)
            for one in server.telegram.history(chat)
            if one.sender.is_bot
        )
    outcome.left = fairs.open_updates(f"sqlite:///{folder / 'bot.db'}")
    return outcome, provider.asked, obeyed


def _piece(text: str) -> bytes:
    choice: dict[str, Any] = {"index": 0, "delta": {"role": "assistant", "content": text}, "finish_reason": None}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "any", "choices": [choice]}
    return b"data: " + json.dumps(chunk).encode() + b"\n\n"
