"""The webhook: Telegram calls us. An endpoint of our own, because whoever finds it could otherwise speak as anybody.

POST and JSON only, a body of at most 1 MB, the secret compared in constant time, and refusals without a word. 200 says that
the update is kept; 503 that it could not be, and Telegram brings it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
import re

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from telegram.error import BadRequest, InvalidToken, RetryAfter, TelegramError

from bot.chat.application import UPDATES, Chat, WrongToken
from bot.chat.clock import sleep_unless
from bot.chat.intake import Intake
from bot.chat.redaction import keep_secret
from bot.chat.sending import wait_of
from bot.chat.serving import Server, bound
from bot.store import StoreError
from bot.store.inbox import Full

logger = logging.getLogger(__name__)

LARGEST = 1_000_000  # bytes; Telegram's updates are a few thousand
AT_THE_END = 5  # seconds for requests in hand
PATIENCE = 10.0  # seconds for a body: Telegram sends it at once, and who does not is not Telegram


class WebhookError(Exception):
    """The webhook cannot work as configured; the text says what to change."""


async def listen(chat: Chat, url: str, secret: str, host: str, port: int, stop: asyncio.Event) -> None:
    """Accept updates at ``url`` (public, https) until ``stop``; ``host`` and ``port`` are where it arrives here.

    Raises WebhookError, PortInUse or WrongToken, whose texts say what to do. The webhook stays set afterwards, so that Telegram
    keeps what comes in until the next start.
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{16,256}", secret):
        raise WebhookError(
            "WEBHOOK_SECRET must be 16 to 256 letters, digits, _ or -. "
            'Make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
        )
    keep_secret(secret)  # the library writes at DEBUG what it calls, and with what
    with bound(host, port, "WEBHOOK_PORT") as place:
        async with chat.opened(stop):
            if stop.is_set():
                return
            server = Server(_endpoint(chat.intake, secret), AT_THE_END)
            serving = asyncio.create_task(server.serve(sockets=[place]))
            try:
                await _announce(chat, url.rstrip("/") + path_of(secret), secret, stop)
                stopping = asyncio.create_task(stop.wait())
                await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
                stopping.cancel()
            finally:
                server.should_exit = True
                await serving


def path_of(secret: str) -> str:
    """Where the updates arrive: not to be guessed, and the same at every start."""
    return "/telegram/" + hmac.new(secret.encode(), b"webhook path", hashlib.sha256).hexdigest()[:32]


def _endpoint(intake: Intake, secret: str) -> Starlette:
    async def receive(request: Request) -> Response:
        given = request.headers.get("x-telegram-bot-api-secret-token", "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=401)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            return Response(status_code=415)
        try:
            async with asyncio.timeout(PATIENCE):
                body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        except TimeoutError:
            return Response(status_code=408)
        if body is None:
            return Response(status_code=413)
        try:
            update = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(update, dict) or type(update.get("update_id")) is not int:
            return Response(status_code=400)
        try:
            await intake.accept([update])
        except (Full, StoreError) as error:
            logger.warning("an update is left with Telegram: %s", error)
            return Response(status_code=503)
        return Response(status_code=200)

    return Starlette(routes=[Route(path_of(secret), receive, methods=["POST"])])


async def _body(request: Request) -> bytes | None:
    """The body, or None where it is too large: counted while it comes, a length that is announced may be a lie."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LARGEST:
            return None
    return bytes(body)


async def _announce(chat: Chat, url: str, secret: str, stop: asyncio.Event) -> None:
    pause = 1.0
    while not stop.is_set():
        try:
            await chat.bot.set_webhook(url, secret_token=secret, allowed_updates=UPDATES, drop_pending_updates=False)
        except InvalidToken:
            raise WrongToken from None
        except BadRequest as error:
            raise WebhookError(
                f"Telegram refuses the webhook ({error}). WEBHOOK_URL must be a public https address on port "
                "443, 80, 88 or 8443 that leads here; leave it out to use long polling instead."
            ) from None
        except TelegramError as error:
            pause = wait_of(error) if isinstance(error, RetryAfter) else min(pause * 2, 30.0)
            logger.warning("the webhook could not be set, trying again in %s s: %s", pause, error)
            await sleep_unless(stop, chat.clock, pause)
        else:
            return
