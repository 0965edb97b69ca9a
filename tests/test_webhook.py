"""The webhook endpoint: speaks only with Telegram, and tells everybody else nothing."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.chat import webhook
from bot.chat.application import Chat, WrongToken, build
from bot.chat.serving import PortInUse
from bot.chat.webhook import LARGEST, WebhookError, listen, path_of
from bot.playground.server import Server, serve
from bot.store import Store
from tests.fair import ENGLISH, Person, TroubledWire
from tests.fakes import PATIENCE, EchoAssistant, FakeClock, FakeKnowledge

SECRET = "s" * 20 + "_-"
HEADERS = {"X-Telegram-Bot-Api-Secret-Token": SECRET, "Content-Type": "application/json"}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as place:
        port: int = place.getsockname()[1]
        return port


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(f"sqlite:///{tmp_path}/bot.db")
    yield opened
    opened.close()


def chat_on(server: Server, store: Store, token: str = "") -> Chat:
    return build(
        token=token or server.telegram.token,
        api_url=server.api_url,
        assistant=EchoAssistant(),
        library=FakeKnowledge(),
        store=store,
        clock=FakeClock(),
        request=TroubledWire(),
    )


@dataclass
class Endpoint:
    server: Server
    http: httpx.AsyncClient
    url: str
    chat: Chat

    async def post(self, content: bytes | AsyncIterator[bytes], path: str = "", **headers: str) -> int:
        url = self.url + (path or path_of(SECRET))
        response = await self.http.post(url, content=content, headers={**HEADERS, **headers})
        assert response.content == b"" or response.status_code in (404, 405)
        return response.status_code


@pytest.fixture
async def endpoint(store: Store) -> AsyncIterator[Endpoint]:
    port, stop = free_port(), asyncio.Event()
    url = f"http://127.0.0.1:{port}"
    async with serve() as server, httpx.AsyncClient(trust_env=False) as http:
        chat = chat_on(server, store)
        listening = asyncio.create_task(listen(chat, url, SECRET, "127.0.0.1", port, stop))
        async with asyncio.timeout(PATIENCE):
            while not server.telegram.updates.webhook.url:
                await server.telegram.bell.wait(0.1)
        yield Endpoint(server, http, url, chat)
        stop.set()
        await listening


def update(update_id: object = 1) -> bytes:
    return json.dumps({"update_id": update_id, "message": {}}).encode()


async def test_a_question_comes_in_and_its_answer_goes_out(endpoint: Endpoint) -> None:
    person = Person(endpoint.server, endpoint.http, ENGLISH, ENGLISH)
    await person.say("Where is it?")

    assert (await person.hears())["text"].startswith("You asked: Where is it?")
    webhook = endpoint.server.telegram.updates.webhook
    assert (webhook.url, webhook.secret) == (endpoint.url + path_of(SECRET), SECRET)


async def test_a_redelivered_update_is_answered_once(endpoint: Endpoint) -> None:
    person = Person(endpoint.server, endpoint.http, ENGLISH, ENGLISH)
    said = await person.say("Where is it?")
    await person.hears()
    update_id = 700_000_001

    again = json.dumps({"update_id": update_id, "message": said}).encode()

    assert await endpoint.post(again) == 200
    await endpoint.chat.intake.settled()
    assert len(person.bot_said()) == 1


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", SECRET[:-1], "ü"])
async def test_without_the_secret_nothing_is_said(endpoint: Endpoint, secret: str) -> None:
    headers: Any = {"X-Telegram-Bot-Api-Secret-Token": secret.encode()}

    assert await endpoint.post(update(), **headers) == 401


async def test_only_post_is_taken(endpoint: Endpoint) -> None:
    for method in ("GET", "PUT", "DELETE", "HEAD"):
        response = await endpoint.http.request(method, endpoint.url + path_of(SECRET), headers=HEADERS)
        assert response.status_code == 405


async def test_any_other_path_is_unknown(endpoint: Endpoint) -> None:
    for path in ("/", "/telegram", "/docs", "/telegram/" + "0" * 32):
        assert await endpoint.post(update(), path) == 404


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b"[1]", 400),
        (b"{}", 400),
        (update("7"), 400),
        (update(True), 400),
        (b"x" * (LARGEST + 1), 413),
    ],
    ids=["empty", "words", "bytes", "deep", "list", "no id", "text id", "true id", "large"],
)
async def test_a_body_that_is_no_update_is_refused(endpoint: Endpoint, body: bytes, status: int) -> None:
    assert await endpoint.post(body) == status


async def test_who_brings_a_body_byte_by_byte_is_shut_out(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "PATIENCE", 0.05)

    port = httpx.URL(endpoint.url).port
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = "".join(f"{name}: {value}\r\n" for name, value in {**HEADERS, "Host": "x", "Content-Length": "9"}.items())
    writer.write(f"POST {path_of(SECRET)} HTTP/1.1\r\n{head}\r\n{{".encode())
    async with asyncio.timeout(PATIENCE):
        assert (await reader.readline()).split()[1] == b"408"
    writer.close()


async def test_the_secret_is_not_written_down(store: Store, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stop, url = asyncio.Event(), f"http://127.0.0.1:{free_port()}"
    async with serve() as server:
        listening = asyncio.create_task(listen(chat_on(server, store), url, SECRET, "127.0.0.1", free_port(), stop))
        async with asyncio.timeout(PATIENCE):
            while not server.telegram.updates.webhook.url:
                await server.telegram.bell.wait(0.1)
        stop.set()
        await listening

    assert "setWebhook" in caplog.text
    assert SECRET not in caplog.text


async def test_a_large_body_is_refused_even_if_it_does_not_say_so(endpoint: Endpoint) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(30):
            yield b"x" * 50_000

    with contextlib.suppress(httpx.WriteError):  # it may hang up in the middle, which will do as well
        assert await endpoint.post(pieces()) == 413


async def test_a_form_is_refused(endpoint: Endpoint) -> None:
    assert await endpoint.post(update(), **{"Content-Type": "text/plain"}) == 415
    assert await endpoint.post(update(), **{"Content-Type": "application/json; charset=utf-8"}) == 200


async def test_a_port_in_use_is_told_before_anything_is_announced(store: Store) -> None:
    async with serve() as server:
        chat = chat_on(server, store)
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = taken.getsockname()[1]
            with pytest.raises(PortInUse, match="WEBHOOK_PORT"):
                await listen(chat, "https://x.example", SECRET, "127.0.0.1", port, asyncio.Event())

        assert server.telegram.updates.webhook.url == ""


@pytest.mark.parametrize("secret", ["", "short", "with spaces in between it", "ü" * 20])
async def test_a_weak_secret_is_told_how_to_make_one(secret: str, store: Store) -> None:
    async with serve() as server:
        with pytest.raises(WebhookError, match="token_urlsafe"):
            await listen(chat_on(server, store), "https://x.example", secret, "127.0.0.1", 0, asyncio.Event())


async def test_a_wrong_token_is_told(store: Store) -> None:
    async with serve() as server:
        chat = chat_on(server, store, "1000:wrong")
        with pytest.raises(WrongToken):
            await listen(chat, "https://x.example", SECRET, "127.0.0.1", free_port(), asyncio.Event())


async def test_an_address_telegram_refuses_is_told(store: Store) -> None:
    async with serve() as server:
        chat = chat_on(server, store)
        with pytest.raises(WebhookError, match="WEBHOOK_URL"):
            await listen(chat, "http://insecure.example", SECRET, "127.0.0.1", free_port(), asyncio.Event())
