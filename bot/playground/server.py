"""Serve the stand-in: the Bot API, the visitors' API and the chat page, on loopback, inside a running event loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground import api, methods, params, webhook
from bot.playground.faults import Faults, told
from bot.playground.floods import Limits
from bot.playground.guard import LARGEST_UPLOAD, Guard, body_of, dressed
from bot.playground.refusals import Refused
from bot.playground.telegram import TOKEN, Telegram

PAGE = Path(__file__).with_name("page")
TYPES = {".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class PortTaken(OSError):
    """Nobody can listen there, mostly because somebody does already; the text says what to do."""


@dataclass(frozen=True)
class Server:
    """A stand-in that runs: ``url`` is the chat page, ``api_url`` what a bot puts in front of ``/bot<token>``."""

    host: str
    port: int
    telegram: Telegram

    @property
    def url(self) -> str:
        """The chat page."""
        return f"{self.api_url}/"

    @property
    def api_url(self) -> str:
        """The stand-in for ``https://api.telegram.org``."""
        return f"http://{self.host}:{self.port}"


@contextlib.asynccontextmanager
async def serve(
    host: str = "127.0.0.1",
    port: int = 0,
    token: str = TOKEN,
    clock: Callable[[], float] = time.time,
    limits: Limits | None = None,
    username: str = "playground_bot",
    faults: Faults | None = None,
) -> AsyncIterator[Server]:
    """Run the stand-in for the length of the ``async with``. Port 0 takes any free one."""
    listening = _listen(host, port)
    telegram = Telegram(token, username, clock, limits, faults)
    config = uvicorn.Config(
        application(telegram), log_config=None, access_log=False, lifespan="off", ws="none",
        server_header=False, timeout_graceful_shutdown=3,
    )  # fmt: skip
    server = _Quiet(config)
    serving = asyncio.create_task(server.serve([listening]))
    delivering = asyncio.create_task(webhook.deliver(telegram))
    try:
        await server.ready.wait()
        yield Server(host, listening.getsockname()[1], telegram)
    finally:
        delivering.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await delivering
        telegram.close()
        server.enough.set()
        await serving
        listening.close()


class _Quiet(uvicorn.Server):
    """Uvicorn that leaves the signals to whoever runs the event loop, and says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = asyncio.Event()
        self.enough = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()

    async def main_loop(self) -> None:
        await self.enough.wait()


def _listen(host: str, port: int) -> socket.socket:
    if host != "localhost" and not ipaddress.ip_address(host).is_loopback:
        raise ValueError(f"The playground has no password, so it listens on this machine only: not on {host}.")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio spares only sockets that say TCP the 40 ms that small answers wait otherwise.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        told = f"Port {port} on {host} cannot be used ({error.strerror}): choose another port."
        if error.errno == errno.EADDRINUSE:
            told = (
                f"Port {port} on {host} is taken, perhaps by another playground: stop that one, or choose another port."
            )
        raise PortTaken(error.errno, told) from None
    return listening


def application(telegram: Telegram) -> Guard:
    """The ASGI application around one state."""
    bot_routes = [
        Route("/file/bot{token}/{path:path}", _file(telegram), methods=["GET"]),
        Route("/bot{token}/{method}", _bot_api(telegram), methods=["GET", "POST"]),
    ]
    page = [Route("/", _page), Route("/page/{name}", _page)]
    return Guard(Starlette(routes=[*bot_routes, *api.routes(telegram), *page]))


def _bot_api(telegram: Telegram) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            _check_token(telegram, request)
            body = await body_of(request, LARGEST_UPLOAD)
            sent = params.read(request.url.query, request.headers.get("content-type", ""), body)
            method = request.path_params["method"]
            fate = await telegram.trouble.meet(method.lower(), _chat_in(sent))
            if method.lower() == "getupdates" and await request.is_disconnected():
                return Response(status_code=400)  # a slow poll whose bot is gone must not end the newer one
            result = await methods.call(telegram, method, sent)
            return told(fate, JSONResponse({"ok": True, "result": result}))
        except Refused as refused:
            telegram.trouble.counts[f"answered {refused.code}"] += 1
            return JSONResponse(refused.to_json(), refused.code)
        except ClientDisconnect:  # nobody is there to be answered
            return Response(status_code=400)

    return endpoint


def _chat_in(sent: params.Params) -> int:
    """The chat that a call names by its number, else 0."""
    named = sent.text("chat_id")
    return int(named) if named.removeprefix("-").isdecimal() else 0


def _file(telegram: Telegram) -> Callable[[Request], Any]:
    async def endpoint(request: Request) -> Response:
        try:
            _check_token(telegram, request)
        except Refused as refused:
            return JSONResponse(refused.to_json(), refused.code)
        for file in telegram.files.values():
            if file.path == request.path_params["path"]:
                return dressed(Response(file.content, media_type="application/octet-stream"))
        return JSONResponse(Refused(404, "Not Found").to_json(), 404)

    return endpoint


def _check_token(telegram: Telegram, request: Request) -> None:
    token = request.path_params["token"]
    number, colon, secret = token.partition(":")
    if not (number.isdigit() and colon and secret):
        raise Refused(404, "Not Found")
    if token != telegram.token:
        raise Refused(401, "Unauthorized")


async def _page(request: Request) -> Response:
    path = PAGE / request.path_params.get("name", "index.html")
    if path.suffix not in TYPES or not path.is_file():
        return JSONResponse(Refused(404, "Not Found").to_json(), 404)
    return dressed(Response(path.read_bytes(), media_type=TYPES[path.suffix]))
