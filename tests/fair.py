"""A fair to talk to in tests: the whole bot over HTTP on a playground, and the people who write to it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from telegram.request import HTTPXRequest

from bot.chat.application import Chat, build
from bot.chat.intake import EVERY
from bot.chat.limits import UNLIMITED
from bot.chat.limits import Limits as Allowed
from bot.chat.polling import poll
from bot.chat.streaming import AT_ONCE
from bot.mail import Mailer
from bot.playground.floods import Limits
from bot.playground.people import Chat as PlaygroundChat
from bot.playground.server import Server, serve
from bot.store import Store, tables
from tests import pavilion
from tests.fakes import NOON, PATIENCE, EchoAssistant, FakeClock, FakeKnowledge


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
        if message is None and data.endswith("*"):
            data = self._whole(data[:-1])
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

    def newest(self) -> int:
        """The number of the bot's newest message in this chat."""
        return max(message.id for message in self.server.telegram.history(self.chat_id) if message.sender.is_bot)

    def _whole(self, beginning: str) -> str:
        """What the newest button that begins so says: not every name can be told beforehand."""
        for message in reversed(self.server.telegram.history(self.chat_id)):
            for row in (message.keyboard or {}).get("inline_keyboard", ()):
                for button in row:
                    if str(button.get("callback_data", "")).startswith(beginning):
                        return str(button["callback_data"])
        raise AssertionError(f"no button begins with {beginning}")

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
        await self.chat.intake.accept([{"update_id": update_id or self._delivered, kind: content}])

    async def settled(self) -> None:
        """Wait until nothing is in hand, and nothing that is due unsent."""
        async with asyncio.timeout(PATIENCE):
            while self.server.telegram.updates.pending:  # until the bot has confirmed what was said
                await self.server.telegram.bell.wait(0.01)
            await self.chat.intake.settled()
            await self.chat.delivery.settled()

    async def put_off(self, attempts: int) -> None:
        """Wait until an update was tried so often in vain, and the bot rests."""
        i = tables.inbox.c
        tried = select(i.update_id).where(i.state == "waiting", i.lease_until.is_not(None), i.attempts == attempts)
        async with asyncio.timeout(PATIENCE):
            while not await asyncio.to_thread(self.store._database.run, lambda connection: connection.scalar(tried)):
                await self.server.telegram.bell.wait(0.01)
            await self.clock.somebody_sleeps(EVERY)

    async def takes_a_moment(self) -> None:
        """Let the time pass in which an answer needs no sign that it is coming."""
        await self.clock.somebody_sleeps(AT_ONCE)
        self.clock.advance(AT_ONCE)

    async def passes(self, seconds: float) -> None:
        """Let time pass, and what it makes due be sent."""
        self.clock.advance(seconds)
        self.chat.delivery.nudge()
        await self.settled()


def ids(first: int) -> Callable[[], str]:
    """a1, a2, a3 …"""
    count = iter(range(first, first + 10_000))
    return lambda: f"a{next(count)}"


def references() -> Callable[[], str]:
    """R1, R2, R3 …: the names of meetings and inquiries."""
    count = iter(range(1, 10_000))
    return lambda: f"R{next(count)}"


_openings = count(0, 10_000)  # Telegram counts its updates on when a bot restarts; a new playground would begin again


@asynccontextmanager
async def opened_fair(
    folder: Path,
    assistant: EchoAssistant | None = None,
    knowledge: FakeKnowledge | None = None,
    limits: Limits | None = None,
    first_id: int = 1,
    bookable: bool = False,
    clock: FakeClock | None = None,
    wire: TroubledWire | None = None,
    mailer: Mailer | None = None,
    met: Sequence[int] = (),
    model: str = "",
    allowed: Allowed = UNLIMITED,
    strangers: Sequence[int] = (),
) -> AsyncIterator[Fair]:
    """The whole bot, polling a playground over HTTP, on a clock that stands still; ``bookable`` sets the pavilion up.

    ``met`` have pressed Start before: Telegram remembers that over a restart of the bot, a new playground does not.
    ``strangers`` are as many more visitors as a test likes, who have as well.
    """
    clock, wire = clock or FakeClock(), wire or TroubledWire()
    assistant, knowledge = assistant or EchoAssistant(), knowledge or FakeKnowledge()
    store = Store.open(f"sqlite:///{folder}/bot.db", new_id=references())
    if bookable and not store.pavilion.teams():
        pavilion.set_up(store)
    async with (
        serve(clock=lambda: clock.now().timestamp(), limits=limits) as server,
        httpx.AsyncClient(trust_env=False, verify=False) as http,
    ):
        server.telegram.updates._next_id += next(_openings)
        for visitor in strangers:
            server.telegram.put_chat(PlaygroundChat(visitor, "private", f"Visitor {visitor}", (visitor,), "member"))
        for visitor in met:
            server.telegram.put_chat(replace(server.telegram.chat(visitor), bot="member"))
        chat = build(
            token=server.telegram.token,
            api_url=server.api_url,
            assistant=assistant,
            library=knowledge,
            store=store,
            clock=clock,
            new_id=ids(first_id),
            request=wire,
            mailer=mailer,
            model=model,
            limits=allowed,
        )
        stop = asyncio.Event()
        polling = asyncio.create_task(poll(chat, stop))
        try:
            await asyncio.wait({polling, asyncio.create_task(wire.polled.wait())}, return_when=asyncio.FIRST_COMPLETED)
            yield Fair(server, http, chat, assistant, knowledge, store, clock, wire, next(_openings))
        finally:
            stop.set()
            await polling
            store.close()


ANNA = {"id": GERMAN, "is_bot": False, "first_name": "Anna", "language_code": "de"}
PRIVATE = {"id": GERMAN, "type": "private", "first_name": "Anna"}
TOUR = {"id": GROUP, "type": "supergroup", "title": "Battery Tour 2026"}


def message(text: str = "", chat: dict[str, Any] = PRIVATE, **more: Any) -> dict[str, Any]:
    """A message of Anna's as Telegram sends it, for what the playground's visitors cannot send."""
    return {
        "message_id": 900,
        "date": int(NOON.timestamp()),
        "chat": chat,
        "from": ANNA,
        **({"text": text} if text else {}),
        **more,
    }


def command(text: str) -> list[dict[str, Any]]:
    """The entity of a text that is a command."""
    return [{"type": "bot_command", "offset": 0, "length": len(text)}]


async def started(fair: Fair) -> Person:
    """Anna, once she has pressed Start: a bot may write only to who has written first."""
    person = fair.person(GERMAN)
    await person.say("/start")
    await person.hears()
    await fair.settled()
    return person
