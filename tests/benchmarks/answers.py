"""How long a visitor waits for an answer, without a model and with one, and how much of that is ours.

    python -m tests.benchmarks.answers [--index index] [--questions 100] [--first 300] [--pieces 20] [--every 30]

The model is scripted: an OpenAI-compatible HTTP server in a process of its own sends the first piece after ``--first``
ms and the others ``--every`` ms apart. What it says is the first statement of the first passage that it is shown, so
what it says is checked as any answer is, and passes. The questions are the answerable ones of the building half of the
evaluation, in its order. They are asked right after a start; then of a bot that has gone through its documents, as it
does in its first minute (bot/study.py), "first time" and "again": then the question itself is known, too. The vectors of
statements are kept with the index from a bot's first minutes on it; here they are made before, where they are missing.

The model's own time is taken around its stream: from our call to its first piece and to its end. What we add is the
whole wait less that. Milliseconds; bar: at most 150 ms added at p95, to the first text and to the whole answer.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import re
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Event

from langchain_core.messages import BaseMessage, BaseMessageChunk

from bot import embedding, evaluation, models
from bot.answers import Assistant
from bot.evaluation import Question, percentile
from bot.guarded import Model
from bot.library import Library
from bot.prompts import Prompts
from bot.sentences import split
from bot.study import study
from tests.benchmarks import tables

ROOT = Path(__file__).parents[2]
QUESTIONS = ROOT / "tests" / "evals" / "building.toml"
TODAY = date(2026, 3, 2)
BAR = 150  # ms at p95
WARM = (
    "오늘 뮌헨 날씨는 어때요?",
    "Munich weather tomorrow maybe",
)  # these load what the program loads while it starts
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


@dataclass(frozen=True)
class Script:
    """What the model's server does: seconds to the first piece, how many pieces, seconds between them."""

    first: float
    pieces: int
    every: float


@dataclass
class Wait:
    """Seconds until something could be read, and until all of it."""

    first: float = 0.0
    whole: float = 0.0


class Timed:
    """A model whose own time is measured: of the last call."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.own = Wait()
        self.calls = 0

    async def astream(self, messages: list[BaseMessage], /) -> AsyncIterator[BaseMessageChunk]:
        """What the model says."""
        self.calls += 1
        self.own, start = Wait(), time.perf_counter()
        async for piece in self._model.astream(messages):
            if not self.own.first and str(piece.text).strip():
                self.own.first = time.perf_counter() - start
            yield piece
        self.own.whole = time.perf_counter() - start


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.answers", description=__doc__.split("\n")[0])
    parser.add_argument("--index", type=Path, default=ROOT / "index")
    parser.add_argument("--questions", type=int, default=100, metavar="N")
    parser.add_argument("--first", type=float, default=300, metavar="MS")
    parser.add_argument("--pieces", type=int, default=20, metavar="N")
    parser.add_argument("--every", type=float, default=30, metavar="MS")
    options = parser.parse_args(arguments)
    asked = [one for one in evaluation.parse(QUESTIONS.read_text("utf-8")) if one.answerable][: options.questions]
    with _serving(Script(options.first / 1000, options.pieces, options.every / 1000)) as address:
        asyncio.run(_measure(options.index, address, asked))


async def _measure(folder: Path, address: str, asked: Sequence[Question]) -> None:
    model = models.load("openai:scripted", base_url=f"{address}/v1", key="", timeout=60, max_tokens=700)
    assert model is not None
    prompts, embedder = Prompts(ROOT / "prompts"), embedding.load()
    rows, added = [], []
    with closing(Library(folder, embedder)) as library:
        study(library, Event())
    for name, timed in (("without a model", None), ("with the model", Timed(model))):
        for state, studied, times in (("right after a start", False, 1), ("first time", True, 1), ("again", True, 2)):
            waits = await _asked(Library(folder, embedder), prompts, timed, asked, studied=studied, times=times)
            rows.append(_row(f"{name}, {state}", [wait for wait, _ in waits]))
            if timed:
                ours = [Wait(wait.first - own.first, wait.whole - own.whole) for wait, own in waits]
                rows += [_row("  the model's own time", [own for _, own in waits]), _row("  what we add", ours)]
                added.append((state, len(ours), max(1000 * percentile(part, 0.95) for part in _parts(ours))))
    tables.show(("ms", "first text p50", "p95", "whole answer p50", "p95"), rows)
    for state, count, most in added:
        print(f"\nAdded at p95, {state}: {most:.0f} ms at most (bar: {BAR}), {count} answers worded at the first try.")


async def _asked(
    opened: Library, prompts: Prompts, timed: Timed | None, asked: Sequence[Question], *, studied: bool, times: int
) -> list[tuple[Wait, Wait]]:
    """The waits for the answers of a new bot, those of the last of so many ``times``."""
    waits: list[tuple[Wait, Wait]] = []
    with closing(opened) as library:
        if studied:
            study(library, Event())
        assistant = Assistant(library, prompts, timed, today=lambda: TODAY)
        for text in WARM:
            await _wait(assistant, timed, Question("warm", text, "en", "single", answerable=False))
        for _ in range(times):
            waits = [wait for question in asked if (wait := await _wait(assistant, timed, question))]
    return waits


async def _wait(assistant: Assistant, model: Timed | None, question: Question) -> tuple[Wait, Wait] | None:
    """The whole wait and the model's own; None where the model was not asked, or twice."""
    wait, start = Wait(), time.perf_counter()
    if model:
        model.calls = 0
    async for answer in assistant.answer(question.text, question.history, question.language):
        wait.whole = time.perf_counter() - start
        wait.first = wait.first or (wait.whole if answer.text.strip() else 0.0)
    if not model:
        return wait, Wait()
    return (wait, model.own) if model.calls == 1 else None


def _row(name: str, waits: Sequence[Wait]) -> list[str]:
    return [name, *(f"{1000 * percentile(part, share):.0f}" for part in _parts(waits) for share in (0.5, 0.95))]


def _parts(every: Sequence[Wait]) -> tuple[list[float], list[float]]:
    return [one.first for one in every], [one.whole for one in every]


# The scripted model


@contextmanager
def _serving(script: Script) -> Iterator[str]:
    """The address of a server that follows the script."""
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=_serve, args=(script, theirs), daemon=True)
    server.start()
    try:
        yield f"http://127.0.0.1:{ours.recv()}"
    finally:
        server.terminate()
        server.join()


def _serve(script: Script, told: Connection) -> None:
    async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        asked = json.loads(await reader.readexactly(int(length[1]) if length else 0))
        pieces = _pieces(_first_statement(asked["messages"][0]["content"]), script.pieces)
        await asyncio.sleep(script.first)
        writer.write(HEAD)
        for n, piece in enumerate(pieces):
            if n:
                await asyncio.sleep(script.every)
            writer.write(_event(json.dumps(_chunk(piece)).encode()))
            await writer.drain()
        writer.write(_event(b"[DONE]") + b"0\r\n\r\n")
        await writer.drain()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(respond, "127.0.0.1", 0, limit=1_000_000)
        told.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(run())


def _first_statement(rules: str) -> str:
    """The first sentence of the first passage that has sentences, as a model would cite it."""
    for passage in re.finditer(r"^\[(\d)\] [^\n]*:\n(.+?)(?=\n\n\[\d\] |\Z)", rules, re.MULTILINE | re.DOTALL):
        lines = [line for line in passage[2].split("\n") if not line.startswith("|")]
        if sentences := split("\n".join(lines)):
            return f"{sentences[0]} [{passage[1]}]"
    return "NOT_KNOWN"


def _pieces(text: str, count: int) -> list[str]:
    cuts = [round(n * len(text) / count) for n in range(count + 1)]
    return [text[start:end] for start, end in pairwise(cuts)]


def _chunk(piece: str) -> dict[str, object]:
    delta = {"role": "assistant", "content": piece}
    choice = {"index": 0, "delta": delta, "finish_reason": None}
    return {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "scripted", "choices": [choice]}


def _event(data: bytes) -> bytes:
    body = b"data: " + data + b"\n\n"
    return f"{len(body):x}\r\n".encode() + body + b"\r\n"


if __name__ == "__main__":
    main()
