"""HTTP served beside the bot, inside its event loop: the webhook, and what operators ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


class PortInUse(Exception):
    """Nobody can listen there, mostly because somebody does already; the text says what to do."""


def bound(host: str, port: int, setting: str) -> socket.socket:
    """Listen there. Raises PortInUse, naming the ``setting`` to change."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortInUse(
            f"Cannot listen on {host}:{port} ({error.strerror}). Stop what listens there, or set {setting}."
        ) from error


class Server(uvicorn.Server):
    """Serves ``endpoint`` and says nothing; at the end, requests in hand get ``patience`` seconds.

    Signals are the business of whoever sets ``stop``.
    """

    def __init__(self, endpoint: Starlette, patience: int) -> None:
        config = uvicorn.Config(
            endpoint,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            ws="none",
            timeout_graceful_shutdown=patience,
        )
        super().__init__(config)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield
