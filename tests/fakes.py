"""What stands in for the world in tests: the wire, time, and two collaborators whose answers can be computed by eye.

Telegram is the playground over real HTTP; the application above it, the store and the formatting are the real ones.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from telegram.request import HTTPXRequest

from bot.about import About
from bot.chat.application import Chat, build
from bot.chat.polling import poll
from bot.citations import Answer, Citation
from bot.passages import Passage, Source
from bot.playground.floods import Limits
from bot.playground.server import Server, serve
from bot.store import Store

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
PATIENCE = 10  # real seconds until a test that waits for something is told that it never came


class FakeClock:
    """Stands still until a test moves it; whoever sleeps wakes when its time has come."""

    def __init__(self, now: datetime = NOON) -> None:
        self._now = now
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []
        self._came = asyncio.Condition()

    def now(self) -> datetime:
        return self._now

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        sleeper = (self._now + timedelta(seconds=seconds), woken)
        self._sleepers.append(sleeper)
        try:
            async with self._came:
                self._came.notify_all()
            await woken.wait()
        finally:
            self._sleepers.remove(sleeper)

    async def somebody_sleeps(self, seconds: float) -> None:
        """Wait until somebody has begun to sleep for so long."""
        async with asyncio.timeout(PATIENCE), self._came:
            await self._came.wait_for(
                lambda: any(abs((due - self._now).total_seconds() - seconds) < 0.01 for due, _ in self._sleepers)
            )

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)
        for due, woken in self._sleepers:
            if due <= self._now:
                woken.set()


PASSAGE = Passage(
    path="fairs/expo.en.md",
    title="The Expo",
    text="The Expo was held in Pohang.",
    language="en",
    headings=("The Expo", "Venue"),
    as_of="2025-05-09",
    sources=(Source("City of Pohang", "2025-05-09", "https://example.org/expo"),),
)
CITATION = Citation(1, PASSAGE, "The Expo was held in Pohang.", PASSAGE.sources[0])


def echo(question: str, language: str = "en", **changes: Any) -> Answer:
    """The answer of the fake assistant: the question itself, with a source."""
    return Answer(f"You asked: {question} [1]", language, (CITATION,), **changes)


Script = Sequence[Answer | asyncio.Event | Exception]


class EchoAssistant:
    """Answers every question with the question. ``scripts`` says for single questions what comes instead, step by
    step: an Answer is yielded, an Event waited for, an exception raised."""

    def __init__(self, scripts: Mapping[str, Script] | None = None) -> None:
        self.scripts = dict(scripts or {})
        self.asked: list[tuple[str, tuple[tuple[str, str], ...], str | None]] = []

    async def answer(
        self, question: str, history: Sequence[tuple[str, str]] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        self.asked.append((question, tuple(history), language))
        for step in self.scripts.get(question, (echo(question, language or _language_of(question)),)):
            match step:
                case Answer():
                    yield step
                case asyncio.Event():
                    await step.wait()
                case Exception():
                    raise step


def _language_of(question: str) -> str:
    if re.search("[가-힣]", question):
        return "ko"
    return "de" if re.search(r"\b(wo|was|wann|und|ist)\b", question, re.IGNORECASE) else "en"


@dataclass(frozen=True)
class FakeEntry:
    path: str
    title: str
    language: str = "en"
    as_of: str = "2025-05-09"
    review_by: str = ""


@dataclass(frozen=True)
class FakeOverview:
    generation: str = "g1"
    built_at: datetime = NOON
    documents: tuple[FakeEntry, ...] = ()


@dataclass
class FakeKnowledge:
    """Knows one company under two spellings, and whatever documents a test gives it."""

    documents: tuple[FakeEntry, ...] = ()
    fair: About = field(
        default_factory=lambda: About(
            name={"ko": "시험 박람회", "en": "Test Fair", "de": "Testmesse"},
            contact={"ko": "시청", "en": "the city hall", "de": "das Rathaus"},
            questions={"ko": ("언제 열리나요?",), "en": ("When is it?", "Where is it?"), "de": ("Wann ist sie?",)},
        )
    )
    broken: Exception | None = None

    def overview(self) -> FakeOverview:
        self._check()
        return FakeOverview(documents=self.documents)

    def about(self) -> About:
        self._check()
        return self.fair

    def entity(self, name: str, language: str) -> str | None:
        self._check()
        return {"tuen": {"ko": "투엔"}.get(language, "Tuen"), "투엔": "Tuen"}.get(name.casefold())

    def _check(self) -> None:
        if self.broken:
            raise self.broken


@dataclass
class Person:
    """Somebody in a chat of the playground, over its own HTTP interface; ``heard`` is what the bot said there."""

    server: Server
    http: httpx.AsyncClient
    user_id: int
    chat_id: int
    _read: int = 0  # the journal's version up to which this person has listened

    async def say(self, text: str, **details: Any) -> dict[str, Any]:
        return await self._post("messages", text=text, **details)

    async def start(self, payload: str = "") -> dict[str, Any]:
        return await self._post("start", payload=payload)

    async def press(self, data: str, message: dict[str, Any] | None = None) -> str:
        """Press that button under ``message`` (else under the newest that has it); returns the toast."""
        at = message["message_id"] if message else self._with_button(data)
        answer = (await self._post("press", message_id=at, callback_data=data, wait=PATIENCE))["answer"]
        assert answer is not None, f"the press of {data} was never answered"
        return str(answer["text"])

    async def block(self, blocked: bool = True) -> None:
        """Block the bot; in a group: throw it out, or invite it again."""
        await self._post("block", blocked=blocked)

    async def hears(self, kind: str = "message") -> dict[str, Any]:
        """The next thing the bot does in this chat: ``message``, ``edit``, ``draft``, ``typing`` or ``delete``."""
        async with asyncio.timeout(PATIENCE):
            async for change in self.server.telegram.journal.follow(self._read):
                if change is None:
                    continue
                self._read = change["version"]
                if change.get("chat_id") != self.chat_id or change["type"] != kind:
                    continue
                said: dict[str, Any] = change.get("message") or change.get("draft") or change
                if kind != "message" or said["from"]["is_bot"]:
                    return said
        raise AssertionError("the playground closed")

    def bot_said(self) -> list[str]:
        """Every message of the bot that stands in this chat now."""
        history = self.server.telegram.history(self.chat_id)
        return [message.text for message in history if message.sender.is_bot]

    def _with_button(self, data: str) -> int:
        for message in reversed(self.server.telegram.history(self.chat_id)):
            rows = (message.keyboard or {}).get("inline_keyboard", ())
            if any(button.get("callback_data") == data for row in rows for button in row):
                return message.id
        raise AssertionError(f"no message has a button {data}")

    async def _post(self, action: str, **body: Any) -> dict[str, Any]:
        url = f"{self.server.api_url}/api/chats/{self.chat_id}/{action}"
        response = await self.http.post(url, json={"from": self.user_id, **body}, timeout=PATIENCE + 5)
        assert response.status_code == 200, response.text
        result: dict[str, Any] = response.json()
        return result


KOREAN, GERMAN, ENGLISH = 101, 102, 103  # the playground's visitors
GROUP = -1001000000001


class TroubledWire(HTTPXRequest):
    """The real HTTP client, but single calls meet trouble first: a refusal as Telegram words it, or an error."""

    def __init__(self) -> None:
        super().__init__(httpx_kwargs={"trust_env": False, "verify": False})
        self.troubles: dict[str, list[dict[str, Any] | Exception]] = {}
        self.called: list[str] = []
        self.polled = asyncio.Event()

    async def do_request(self, url: str, method: str, *args: Any, **details: Any) -> tuple[int, bytes]:
        name = url.partition("?")[0].rpartition("/")[2]
        self.called.append(name)
        if name == "getUpdates":
            self.polled.set()
        if self.troubles.get(name):
            trouble = self.troubles[name].pop(0)
            if isinstance(trouble, Exception):
                raise trouble
            return trouble["error_code"], json.dumps({"ok": False, **trouble}).encode()
        return await super().do_request(url, method, *args, **details)


def flooded(seconds: int) -> dict[str, Any]:
    """Telegram's 429."""
    return {"error_code": 429, "description": "Too Many Requests", "parameters": {"retry_after": seconds}}


@dataclass
class Fair:
    """A bot on a playground, and the people who write to it."""

    server: Server
    http: httpx.AsyncClient
    chat: Chat
    assistant: EchoAssistant
    knowledge: FakeKnowledge
    store: Store
    clock: FakeClock
    wire: TroubledWire
    _delivered: int = 0

    def person(self, user_id: int = ENGLISH, chat_id: int = 0) -> Person:
        return Person(self.server, self.http, user_id, chat_id or user_id, self.server.telegram.journal.version)

    async def deliver(self, kind: str, update_id: int = 0, **content: Any) -> None:
        """Put an update into the intake as Telegram would: for what the playground's visitors cannot do."""
        self._delivered += 1
        await self.chat.intake.accept({"update_id": update_id or self._delivered, kind: content})

    async def settled(self) -> None:
        """Wait until nothing is in hand."""
        await self.chat.intake.drain(PATIENCE)


def ids(first: int) -> Callable[[], str]:
    """a1, a2, a3 …"""
    count = iter(range(first, first + 10_000))
    return lambda: f"a{next(count)}"


@asynccontextmanager
async def opened_fair(
    folder: Path,
    assistant: EchoAssistant | None = None,
    knowledge: FakeKnowledge | None = None,
    limits: Limits | None = None,
    first_id: int = 1,
) -> AsyncIterator[Fair]:
    """The whole bot, polling a playground over HTTP, on a clock that stands still."""
    clock, wire = FakeClock(), TroubledWire()
    assistant, knowledge = assistant or EchoAssistant(), knowledge or FakeKnowledge()
    store = Store.open(f"sqlite:///{folder}/bot.db")
    async with (
        serve(clock=lambda: clock.now().timestamp(), limits=limits) as server,
        httpx.AsyncClient(trust_env=False, verify=False) as http,
    ):
        chat = build(
            token=server.telegram.token,
            api_url=server.api_url,
            assistant=assistant,
            library=knowledge,
            store=store,
            clock=clock,
            new_id=ids(first_id),
            request=wire,
        )
        stop = asyncio.Event()
        polling = asyncio.create_task(poll(chat, stop))
        try:
            await asyncio.wait({polling, asyncio.create_task(wire.polled.wait())}, return_when=asyncio.FIRST_COMPLETED)
            yield Fair(server, http, chat, assistant, knowledge, store, clock, wire)
        finally:
            stop.set()
            await polling
            store.close()
