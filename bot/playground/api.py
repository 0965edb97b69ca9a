"""The visitors' side over HTTP: what the chat page uses, and tests that play a visitor."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.playground import visitors
from bot.playground.guard import HEADERS, LARGEST_JSON, body_of, check_json, dressed
from bot.playground.params import Params
from bot.playground.people import Chat, User
from bot.playground.refusals import Refused, bad_request
from bot.playground.telegram import Telegram

LONGEST_PATIENCE = 60


def whole(telegram: Telegram) -> dict[str, Any]:
    """Everything that the page shows at first; ``version`` is where to follow from."""
    profile = telegram.profile
    return {
        "version": telegram.journal.version,
        "bot": {**telegram.bot.to_json(), "first_name": profile.text("name", "") or telegram.bot.first_name},
        "users": [user.to_json() for user in telegram.users.values()],
        "chats": [_whole_chat(telegram, chat) for chat in telegram.chats.values()],
    }


def _whole_chat(telegram: Telegram, chat: Chat) -> dict[str, Any]:
    draft = telegram.draft(chat.id)
    people = [telegram.users[user_id] for user_id in chat.members]
    return {
        **telegram.chat_shown(chat),
        "messages": [telegram.shown(message) for message in telegram.history(chat.id)],
        "draft": draft.to_json() if draft else None,
        "commands": {str(user.id): telegram.profile.commands_for(user, chat) for user in people},
        "about": {str(user.id): telegram.profile.text("description", user.language_code) for user in people},
    }


async def state(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    return whole(telegram)


async def chat_state(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    """One chat; with ``?since=version`` also what changed in it since."""
    chat = _chat(telegram, request)
    body = {"version": telegram.journal.version, **_whole_chat(telegram, chat)}
    if "since" in params.values:
        changes = telegram.journal.since(params.integer("since"))
        body["changes"] = [change for change in changes if change.get("chat_id", chat.id) == chat.id]
    return body


async def arrive(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    return visitors.arrive(telegram, params.text("name"), params.text("language_code")).to_json()


async def say(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    chat, user = _who(telegram, request, params)
    kind, text, reply_to = params.text("kind") or "text", params.text("text"), params.integer("reply_to")
    if kind == "text":
        message = visitors.say(telegram, chat, user, text, reply_to)
    else:
        message = visitors.send_stand_in(telegram, chat, user, kind, text, reply_to)  # type: ignore[arg-type]
    return telegram.shown(message)


async def start(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    chat, user = _who(telegram, request, params)
    return telegram.shown(visitors.start(telegram, chat, user, params.text("payload")))


async def edit(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    chat, user = _who(telegram, request, params)
    return telegram.shown(
        visitors.edit(telegram, chat, user, int(request.path_params["message_id"]), params.text("text"))
    )


async def press(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    chat, user = _who(telegram, request, params)
    patience = min(max(params.integer("wait", 10), 0), LONGEST_PATIENCE)
    query = await visitors.press(
        telegram, chat, user, params.integer("message_id"), params.text("callback_data"), patience
    )
    return {"query_id": query.id, "answer": query.answer}


async def block(telegram: Telegram, request: Request, params: Params) -> dict[str, Any]:
    chat, user = _who(telegram, request, params)
    return telegram.chat_shown(visitors.set_blocked(telegram, chat, user, params.flag("blocked")))


def _chat(telegram: Telegram, request: Request) -> Chat:
    return telegram.chat(int(request.path_params["chat_id"]))


def _who(telegram: Telegram, request: Request, params: Params) -> tuple[Chat, User]:
    chat = _chat(telegram, request)
    return chat, visitors.speaker(telegram, chat, params.integer("from"))


Action = Callable[[Telegram, Request, Params], Awaitable[dict[str, Any]]]

ACTIONS: tuple[tuple[str, str, Action], ...] = (
    ("GET", "/api/state", state),
    ("GET", "/api/chats/{chat_id}", chat_state),
    ("POST", "/api/visitors", arrive),
    ("POST", "/api/chats/{chat_id}/messages", say),
    ("POST", "/api/chats/{chat_id}/messages/{message_id:int}", edit),
    ("POST", "/api/chats/{chat_id}/start", start),
    ("POST", "/api/chats/{chat_id}/press", press),
    ("POST", "/api/chats/{chat_id}/block", block),
)


def routes(telegram: Telegram) -> list[Route]:
    """The routes below ``/api``."""
    plain = [Route(path, _answering(telegram, action), methods=[method]) for method, path, action in ACTIONS]

    async def events(request: Request) -> Response:
        wanted = request.headers.get("last-event-id") or request.query_params.get("since", "0")
        version = int(wanted) if wanted.isdigit() else 0
        headers = {**HEADERS, "Content-Type": "text/event-stream"}
        return StreamingResponse(_stream(telegram, version), headers=headers)

    async def file(request: Request) -> Response:
        found = telegram.files.get(request.path_params["file_id"])
        if found is None:
            return JSONResponse(Refused(404, "Not Found").to_json(), 404)
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.name)}"}
        return dressed(Response(found.content, media_type="application/octet-stream", headers=headers))

    return [*plain, Route("/api/events", events), Route("/api/files/{file_id}", file)]


def _answering(telegram: Telegram, action: Action) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            params = await _params(request)
            return dressed(JSONResponse(await action(telegram, request, params)))
        except Refused as refused:
            return dressed(JSONResponse(refused.to_json(), refused.code))
        except ValueError:
            return dressed(JSONResponse(bad_request("chat not found").to_json(), 400))

    return endpoint


async def _params(request: Request) -> Params:
    if request.method != "POST":
        return Params(dict(request.query_params))
    check_json(request)
    try:
        sent = json.loads(await body_of(request, LARGEST_JSON))
    except (ValueError, RecursionError):
        sent = None
    if not isinstance(sent, dict):
        raise bad_request("send a JSON object")
    return Params(sent)


async def _stream(telegram: Telegram, version: int) -> AsyncIterator[str]:
    yield "retry: 1000\n\n"
    async for change in telegram.journal.follow(version):
        if change is None:
            yield ": still here\n\n"
        else:
            yield f"id: {change['version']}\ndata: {json.dumps(change, ensure_ascii=False)}\n\n"
