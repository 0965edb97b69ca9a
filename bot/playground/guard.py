"""Guard: keeps other web pages on this machine away from the stand-in.

It listens on loopback only, but every page in the browser can reach loopback. So: the Host must be this one (a name
that a stranger lets point at 127.0.0.1 is not), a request that a page sends must come from our own page, and a body
has an end.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.playground.refusals import Refused, bad_request

NAMES = ("127.0.0.1", "localhost", "[::1]")
LARGEST_JSON = 64 * 1024
LARGEST_UPLOAD = 50 * 1024 * 1024 + 64 * 1024

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """An ASGI wrapper around the whole application."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or answer 403."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trouble = objection(Request(scope))
        app: ASGIApp = JSONResponse(Refused(403, f"Forbidden: {trouble}").to_json(), 403) if trouble else self._app
        await app(scope, receive, send)


def objection(request: Request) -> str:
    """What speaks against a request; nothing for an honest one."""
    host = request.headers.get("host", "")
    name, _, port = host.rpartition(":")
    if (name if port.isdigit() else host) not in NAMES:
        return "this stand-in answers only as localhost"
    origin = request.headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "the request comes from another page"
    from_elsewhere = request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin")
    if from_elsewhere and request.url.path != "/":
        return "the request comes from another page"
    return ""


def dressed(response: Response) -> Response:
    """The same response with the headers that keep the page to itself."""
    response.headers.update(HEADERS)
    return response


async def body_of(request: Request, most: int) -> bytes:
    """The body, or 413 as soon as it is too large."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > most:
            raise Refused(413, "Request Entity Too Large")
    return bytes(body)


def check_json(request: Request) -> None:
    """A form from another page cannot have this type without asking first."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise bad_request("send application/json")
