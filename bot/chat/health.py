"""What operators' machines ask, on a port of its own: does it live, is it ready, what does it count.

``/healthz`` is for restarting what hangs; a database that is away makes nobody unhealthy, since a restart would not help.
``/readyz`` is for sending work to who can do it, ``/metrics`` for Prometheus. None of it is for the public: the port
listens on this machine unless HEALTH_HOST says otherwise.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.chat.application import Chat
from bot.chat.serving import Server, bound
from bot.gauges import Gauges
from bot.metrics import REGISTRY
from bot.spending import Caps
from bot.store import StoreError

STILL = 60.0  # seconds without a look into the inbox after which the process is as good as dead
PATIENCE = 2.0  # seconds for database and index to answer
AT_THE_END = 1  # seconds for requests in hand


@asynccontextmanager
async def served(chat: Chat, host: str, port: int, stop: asyncio.Event, caps: Caps) -> AsyncIterator[None]:
    """Within it, ``host``:``port`` answers; nothing where the port is 0. Raises PortInUse.

    Not ready from the moment ``stop`` is set, while what is in hand is still finished.
    """
    if not port:
        yield
        return
    gauges, health = Gauges(chat.store, chat.library, caps), Health(chat, stop)
    with bound(host, port, "HEALTH_PORT") as place:
        server = Server(health.endpoint(), AT_THE_END)
        REGISTRY.register(gauges)
        serving = asyncio.create_task(server.serve(sockets=[place]))
        try:
            yield
        finally:
            server.should_exit = True
            await serving
            REGISTRY.unregister(gauges)
            health.close()


class Health:
    """Life and readiness of one process."""

    def __init__(self, chat: Chat, stop: asyncio.Event) -> None:
        self._chat = chat
        self._stop = stop
        self._threads = ThreadPoolExecutor(1, thread_name_prefix="health")  # a stuck database must not use up others'
        self._looking: asyncio.Future[str] | None = None

    def endpoint(self) -> Starlette:
        """The three addresses."""
        routes = {"/healthz": self._lives, "/readyz": self._ready, "/metrics": self._metrics}
        return Starlette(routes=[Route(path, answer) for path, answer in routes.items()])

    def close(self) -> None:
        """Wait for nothing that still looks."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def missing(self) -> str:
        """In one line what keeps this process from answering visitors; empty where nothing does."""
        if self._stop.is_set():
            return "stopping"
        if self._chat.intake.still is None:
            return "Telegram has not answered yet"
        if self._looking is None or self._looking.done():
            self._looking = asyncio.get_running_loop().run_in_executor(self._threads, self._look)
        try:
            return await asyncio.wait_for(asyncio.shield(self._looking), PATIENCE)
        except TimeoutError:
            return "the database does not answer in time"

    def _look(self) -> str:
        try:
            self._chat.store.inbox.oldest()
        except StoreError:
            return "the database cannot be used: see the log, or run expo-bot doctor"
        try:
            self._chat.library.overview()
        except Exception:  # noqa: BLE001 - whatever is wrong with it, there are no answers
            return "there is no index that can be used: see the log, or run expo-bot doctor"
        return ""

    async def _lives(self, _request: Request) -> Response:
        still = self._chat.intake.still or 0.0
        if still > STILL:
            return PlainTextResponse(f"no look into the inbox for {still:.0f} s\n", 503)
        return PlainTextResponse("ok\n")

    async def _ready(self, _request: Request) -> Response:
        missing = await self.missing()
        return PlainTextResponse(f"{missing or 'ok'}\n", 503 if missing else 200)

    async def _metrics(self, _request: Request) -> Response:
        told = await asyncio.get_running_loop().run_in_executor(self._threads, generate_latest, REGISTRY)
        return Response(told, headers={"content-type": CONTENT_TYPE_LATEST})
