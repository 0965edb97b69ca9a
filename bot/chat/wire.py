"""The way to Telegram: how many connections, and every call of the Bot API counted by how it ended."""

from __future__ import annotations

from typing import Any

from telegram.error import NetworkError
from telegram.ext import Application, ApplicationBuilder
from telegram.request import BaseRequest, HTTPXRequest

from bot.metrics import TELEGRAM_CALLS

App = Application[Any, Any, Any, Any, Any, Any]

# The pool looks through all its connections for each call: with the library's 256 that was a quarter of all work. At
# Telegram's 50 ms so many make 300 calls a second; whoever finds none free waits for one, it is never long.
CONNECTIONS, PATIENCE = 16, 60.0


class Forgetful(App):
    """The library's application, but that it does not keep for ever the number of everybody who has written."""

    __slots__ = ()

    def _mark_for_persistence_update(self, **_: object) -> None:
        """The list is of what the library is to store, and here it stores nothing and would never empty it."""


def application_for(token: str, api_url: str, request: BaseRequest | None = None) -> App:
    """The library's application with our way to Telegram, or with ``request``. Nothing is started."""
    builder: Any = ApplicationBuilder().application_class(Forgetful).token(token).updater(None).job_queue(None)
    builder = builder.base_url(f"{api_url}/bot").base_file_url(f"{api_url}/file/bot")
    wire = Counted(request or HTTPXRequest(connection_pool_size=CONNECTIONS, pool_timeout=PATIENCE))
    built: App = builder.request(wire).get_updates_request(wire).build()
    return built


class Counted(BaseRequest):
    """``wire``, and nothing else changed."""

    def __init__(self, wire: BaseRequest) -> None:
        self._wire = wire

    @property
    def read_timeout(self) -> float | None:
        """The wire's."""
        return self._wire.read_timeout

    async def initialize(self) -> None:
        """The wire's."""
        await self._wire.initialize()

    async def shutdown(self) -> None:
        """The wire's."""
        await self._wire.shutdown()

    async def do_request(self, *arguments: Any, **details: Any) -> tuple[int, bytes]:
        """The wire's, counted."""
        try:
            code, payload = await self._wire.do_request(*arguments, **details)
        except NetworkError:
            TELEGRAM_CALLS.labels("unreachable").inc()
            raise
        TELEGRAM_CALLS.labels(_outcome(code)).inc()
        return code, payload


def _outcome(code: int) -> str:
    if code == 429:
        return "flood"
    return "ok" if code < 400 else "refused" if code < 500 else "failed"
