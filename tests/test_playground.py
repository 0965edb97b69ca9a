"""The stand-in for Telegram keeps Telegram's rules: facts over HTTP, as a bot and as a visitor."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import telegram
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot import playground
from bot.playground import GROUP_ID, STAFF_CHAT_ID, TOKEN, Limits, PortTaken
from bot.playground.methods import METHODS

MINJI, ANNA, JOHN = 101, 102, 103
JSON = {"Content-Type": "application/json"}


@dataclass
class Clock:
    """A clock that stands still until told otherwise."""

    now: float = 1_790_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Wire:
    """A bot and its visitors, each at their end of the stand-in."""

    server: playground.Server
    http: httpx.AsyncClient
    clock: Clock = field(default_factory=Clock)

    async def call(self, method: str, **sent: Any) -> dict[str, Any]:
        answer = await self.http.post(f"/bot{TOKEN}/{method}", json=sent)
        body: dict[str, Any] = answer.json()
        assert body["ok"] == (answer.status_code == 200)
        return body

    async def done(self, method: str, **sent: Any) -> Any:
        body = await self.call(method, **sent)
        assert body["ok"], body
        return body["result"]

    async def refusal(self, method: str, **sent: Any) -> str:
        body = await self.call(method, **sent)
        assert not body["ok"], body
        return str(body["description"])

    async def visit(self, path: str, **sent: Any) -> Any:
        answer = await self.http.post(f"/api/{path}", json=sent)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, chat_id: int, text: str, **more: Any) -> Any:
        return await self.visit(f"chats/{chat_id}/messages", text=text, **more)

    async def updates(self, **sent: Any) -> list[dict[str, Any]]:
        """What is new, confirmed at once."""
        new: list[dict[str, Any]] = await self.done("getUpdates", **sent)
        if new:
            await self.done("getUpdates", offset=new[-1]["update_id"] + 1)
        return new

    async def pressed(self, data: str = "yes") -> tuple[dict[str, Any], asyncio.Task[Any]]:
        """A message with a button, pressed by Minji; the query, and the visitor who waits for the answer."""
        keyboard = {"inline_keyboard": [[{"text": "Yes", "callback_data": data}]]}
        sent = await self.done("sendMessage", chat_id=MINJI, text="Really?", reply_markup=keyboard)
        await self.updates()
        waiting = asyncio.create_task(
            self.visit(f"chats/{MINJI}/press", message_id=sent["message_id"], callback_data=data)
        )
        (update,) = await self.updates(timeout=5)
        return update["callback_query"], waiting


@pytest.fixture
async def wire() -> AsyncIterator[Wire]:
    clock = Clock()
    async with playground.serve(clock=clock) as server, httpx.AsyncClient(base_url=server.api_url) as http:
        made = Wire(server, http, clock)
        await made.visit(f"chats/{MINJI}/start")
        await made.updates()
        yield made


@pytest.fixture
async def bot(wire: Wire) -> AsyncIterator[telegram.Bot]:
    api = wire.server.api_url
    async with telegram.Bot(TOKEN, base_url=f"{api}/bot", base_file_url=f"{api}/file/bot") as made:
        yield made


@contextlib.asynccontextmanager
async def listening(application: Starlette) -> AsyncIterator[str]:
    """Somebody else's web application on a free port."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, lifespan="off"))
        serving = asyncio.create_task(server.serve([place]))
        yield f"http://127.0.0.1:{place.getsockname()[1]}"
        server.should_exit = True
        await serving


# --- who may call -----------------------------------------------------------------------------------------------


async def test_another_token_is_unauthorized(wire: Wire) -> None:
    answer = await wire.http.get("/bot1000:other/getMe")
    assert (answer.status_code, answer.json()["description"]) == (401, "Unauthorized")


@pytest.mark.parametrize("token", ["1000", "abc:def", ":x"])
async def test_a_malformed_token_is_not_found(wire: Wire, token: str) -> None:
    assert (await wire.http.get(f"/bot{token}/getMe")).status_code == 404


async def test_an_unknown_method_is_not_found(wire: Wire) -> None:
    assert await wire.refusal("sendPigeon") == "Not Found: method not found"


async def test_method_names_are_not_case_sensitive(wire: Wire) -> None:
    assert (await wire.done("GETME"))["username"] == "playground_bot"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", ""])
async def test_another_host_name_is_refused(wire: Wire, host: str) -> None:
    assert (await wire.http.get("/api/state", headers={"Host": host})).status_code in (400, 403)


@pytest.mark.parametrize(
    "headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}]
)
@pytest.mark.parametrize("path", ["/api/visitors", f"/bot{TOKEN}/getMe"])
async def test_another_page_is_refused(wire: Wire, path: str, headers: dict[str, str]) -> None:
    assert (await wire.http.post(path, json={}, headers=headers)).status_code == 403


async def test_a_visitors_request_must_be_json(wire: Wire) -> None:
    deep = {"content": "[" * 60_000, "headers": {"Content-Type": "application/json"}}
    assert (await wire.http.post("/api/visitors", **deep)).status_code == 400
    answer = await wire.http.post("/api/visitors", content='{"name": "x"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 400


async def test_a_visitors_request_has_an_end(wire: Wire) -> None:
    answer = await wire.http.post(f"/api/chats/{MINJI}/messages", json={"text": "x" * 70_000})
    assert answer.status_code == 413


async def test_the_page_allows_nothing_from_elsewhere(wire: Wire) -> None:
    page = await wire.http.get("/")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self'")
    assert "http" not in page.text.replace("http-equiv", "")


async def test_only_files_of_the_page_are_served(wire: Wire) -> None:
    for path in ("/page/..%2Fserver.py", "/page/../server.py", "/page/none.js", "/page/"):
        assert (await wire.http.get(path)).status_code == 404


async def test_a_public_address_is_refused() -> None:
    with pytest.raises(ValueError, match="this machine only"):
        async with playground.serve(host="0.0.0.0"):
            pass


async def test_a_taken_port_is_told_with_its_remedy() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        with pytest.raises(PortTaken, match="choose another port"):
            async with playground.serve(port=other.getsockname()[1]):
                pass


async def test_a_port_that_cannot_be_had_is_told_with_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr("bot.playground.server.socket.socket.bind", refuse)
    with pytest.raises(PortTaken, match=r"cannot be used \(Permission denied\): choose another port"):
        async with playground.serve(port=80):
            pass


async def test_stopping_ends_long_polls_and_event_streams() -> None:
    async with asyncio.timeout(10):
        async with httpx.AsyncClient(timeout=30) as http:
            async with playground.serve() as server:
                poll = asyncio.create_task(http.get(f"{server.api_url}/bot{TOKEN}/getUpdates?timeout=50"))
                stream = asyncio.create_task(http.get(f"{server.api_url}/api/events"))
                await http.get(f"{server.api_url}/api/state")
            assert (await poll).json() == {"ok": True, "result": []}
            assert (await stream).status_code == 200
    assert {task.get_name() for task in asyncio.all_tasks()} == {asyncio.current_task().get_name()}  # type: ignore[union-attr]


async def test_two_stand_ins_know_nothing_of_each_other() -> None:
    async with playground.serve() as one, playground.serve() as other, httpx.AsyncClient() as http:
        await http.post(f"{one.api_url}/api/visitors", json={"name": "Kim", "language_code": "ko"})
        assert len(one.telegram.users) == len(other.telegram.users) + 1


# --- what a bot may say -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "description"),
    [
        ({"chat_id": MINJI, "text": ""}, "Bad Request: message text is empty"),
        ({"chat_id": MINJI, "text": " \n "}, "Bad Request: text must be non-empty"),
        ({"chat_id": MINJI, "text": "x" * 4097}, "Bad Request: message is too long"),
        ({"chat_id": MINJI, "text": "😀" * 2049}, "Bad Request: message is too long"),
        ({"text": "hi"}, "Bad Request: chat_id is empty"),
        ({"chat_id": 999, "text": "hi"}, "Bad Request: chat not found"),
        ({"chat_id": "@nobody", "text": "hi"}, "Bad Request: chat not found"),
        ({"chat_id": ANNA, "text": "hi"}, "Forbidden: bot can't initiate conversation with a user"),
        (
            {"chat_id": MINJI, "text": "x", "reply_parameters": {"message_id": 99}},
            "Bad Request: message to be replied not found",
        ),
    ],
)  # fmt: skip
async def test_telegram_says_why_it_does_not_send(wire: Wire, sent: dict[str, Any], description: str) -> None:
    assert await wire.refusal("sendMessage", **sent) == description


async def test_a_text_of_2048_emoji_is_just_not_too_long(wire: Wire) -> None:
    assert (await wire.done("sendMessage", chat_id=MINJI, text="😀" * 2048))["text"] == "😀" * 2048


async def test_the_length_counts_after_the_markup(wire: Wire) -> None:
    await wire.done("sendMessage", chat_id=MINJI, text=f"<b>{'x' * 4096}</b>", parse_mode="HTML")


async def test_a_missing_message_may_be_answered_when_that_is_allowed(wire: Wire) -> None:
    wanted = {"message_id": 99, "allow_sending_without_reply": True}
    assert "reply_to_message" not in await wire.done("sendMessage", chat_id=MINJI, text="x", reply_parameters=wanted)


async def test_white_space_around_a_text_goes_and_its_entities_move_along(wire: Wire) -> None:
    bold = {"type": "bold", "offset": 3, "length": 4}
    sent = await wire.done("sendMessage", chat_id=MINJI, text=" \n 굵은\r글\n", entities=[bold])
    assert (sent["text"], sent["entities"]) == ("굵은글", [{"type": "bold", "offset": 0, "length": 3}])


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ([("bold", 0, 1)], "ends in a middle of a UTF-16 symbol"),
        ([("bold", 1, 1)], "entity begins in a middle of a UTF-16 symbol"),
        ([("bold", 0, 10)], "ends after the end of the text"),
        ([("bold", 9, 1)], "entity begins after the end of the text"),
        ([("bold", -1, 1)], "incorrect offset -1"),
        ([("bold", 0, -1)], "incorrect length -1"),
        ([("shiny", 0, 2)], "unsupported type"),
        ([("bold", 0, 4), ("italic", 2, 4)], "overlap partially"),
        ([("code", 0, 4), ("bold", 2, 2)], "code can't contain bold"),
        ([("blockquote", 0, 4), ("blockquote", 2, 2)], "blockquote can't contain blockquote"),
    ],
)
async def test_entities_that_do_not_fit_are_refused(
    wire: Wire, entities: list[tuple[str, int, int]], said: str
) -> None:
    sent = [{"type": kind, "offset": offset, "length": length} for kind, offset, length in entities]
    assert said in await wire.refusal("sendMessage", chat_id=MINJI, text="😀abcd", entities=sent)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "example.com", "", "http://", "https://a b"])
async def test_a_link_must_lead_somewhere(wire: Wire, url: str) -> None:
    entity = {"type": "text_link", "offset": 0, "length": 1, "url": url}
    said = await wire.refusal("sendMessage", chat_id=MINJI, text="x", entities=[entity])
    assert said == "Bad Request: ENTITY_TEXTURL_INVALID"


async def test_the_hundred_and_first_entity_is_ignored(wire: Wire) -> None:
    entities = [{"type": "bold", "offset": place, "length": 1} for place in range(0, 240, 2)]
    sent = await wire.done("sendMessage", chat_id=MINJI, text="x " * 120, entities=entities)
    assert len(sent["entities"]) == 100


async def test_html_becomes_entities(wire: Wire) -> None:
    source = '😀<b>a<i>b</i></b> <a href="https://x.kr/?a=1&amp;b">&lt;&#54620;&gt;</a>'
    sent = await wire.done("sendMessage", chat_id=MINJI, text=source, parse_mode="HTML")
    assert sent["text"] == "😀ab <한>"
    assert sent["entities"] == [
        {"type": "bold", "offset": 2, "length": 2},
        {"type": "italic", "offset": 3, "length": 1},
        {"type": "text_link", "offset": 5, "length": 3, "url": "https://x.kr/?a=1&b"},
    ]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("<b>x", 'Can\'t find end tag corresponding to start tag "b"'),
        ("<b>x</i>", 'expected "</b>", found "</i>"'),
        ("x</b>", "Unexpected end tag at byte offset 1"),
        ("한<div>x</div>", 'Unsupported start tag "div" at byte offset 3'),
        ("1 < 2", "Unsupported start tag"),
    ],
)
async def test_broken_html_is_refused_with_its_place(wire: Wire, source: str, said: str) -> None:
    refused = await wire.refusal("sendMessage", chat_id=MINJI, text=source, parse_mode="HTML")
    assert refused.startswith("Bad Request: can't parse entities: ")
    assert said in refused


async def test_a_quote_and_code_with_a_language_are_read(wire: Wire) -> None:
    source = '<blockquote expandable>q</blockquote><pre><code class="language-python">x</code></pre>'
    sent = await wire.done("sendMessage", chat_id=MINJI, text=source, parse_mode="HTML")
    assert [(one["type"], one.get("language")) for one in sent["entities"]] == [
        ("expandable_blockquote", None),
        ("pre", "python"),
    ]


@pytest.mark.parametrize(
    ("button", "said"),
    [
        ({"text": "x", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": "가" * 22}, "BUTTON_DATA_INVALID"),
        ({"text": "x", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": " ", "callback_data": "x"}, "text must be non-empty"),
        ({"text": "x"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "x", "callback_data": "x", "url": "https://x.kr"}, "exactly one action"),
        ({"text": "x", "url": "javascript:alert(1)"}, "Wrong HTTP URL"),
        ({"text": "x", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
    ],
)
async def test_a_button_that_cannot_work_is_refused(wire: Wire, button: dict[str, Any], said: str) -> None:
    keyboard = {"inline_keyboard": [[button]]}
    assert said in await wire.refusal("sendMessage", chat_id=MINJI, text="x", reply_markup=keyboard)


async def test_a_button_with_64_bytes_is_taken(wire: Wire) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "가" * 21 + "x"}]]}
    assert (await wire.done("sendMessage", chat_id=MINJI, text="x", reply_markup=keyboard))["reply_markup"] == keyboard


async def test_a_blocked_bot_hears_it_once_and_may_not_write(wire: Wire) -> None:
    await wire.visit(f"chats/{MINJI}/block", blocked=True)
    (update,) = await wire.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert await wire.refusal("sendMessage", chat_id=MINJI, text="x") == "Forbidden: bot was blocked by the user"
    await wire.visit(f"chats/{MINJI}/block", blocked=False)
    (update,) = await wire.updates()
    assert update["my_chat_member"]["new_chat_member"]["status"] == "member"
    await wire.done("sendMessage", chat_id=MINJI, text="x")


async def test_message_ids_grow_per_chat(wire: Wire) -> None:
    await wire.visit(f"chats/{ANNA}/start")
    first = await wire.done("sendMessage", chat_id=ANNA, text="x")
    second = await wire.done("sendMessage", chat_id=MINJI, text="x")
    assert (first["message_id"], second["message_id"]) == (2, 2)


ODD: tuple[Any, ...] = (
    None,
    True,
    -1,
    0,
    1.5,
    2**70,
    "",
    "x",
    "\ud800",
    "[]",
    "{}",
    [],
    {},
    [1],
    [[1]],
    [None],
    {"type": 1},
)
NAMES = (
    *("text", "entities", "parse_mode", "reply_markup", "reply_parameters", "link_preview_options", "chat_id"),
    *("message_id", "user_id", "draft_id", "commands", "scope", "language_code", "reaction", "offset", "limit"),
    *("allowed_updates", "url", "secret_token", "max_connections", "document", "caption", "action", "file_id"),
    *("callback_query_id", "show_alert", "name", "description"),
)


@pytest.mark.parametrize("odd", ODD, ids=repr)
async def test_no_odd_argument_breaks_a_method(wire: Wire, odd: Any) -> None:
    for method in METHODS:
        for name in NAMES:
            sent = {"chat_id": MINJI, "text": "x", "message_id": 1, "draft_id": 1, name: odd}
            answer = await wire.http.post(f"/bot{TOKEN}/{method}", content=json.dumps(sent), headers=JSON)
            assert answer.status_code < 500, (method, name)
            assert answer.json()["ok"] == (answer.status_code == 200)


# --- drafts, edits, files ---------------------------------------------------------------------------------------


async def test_a_draft_needs_a_private_chat_and_an_id(wire: Wire) -> None:
    assert "TEXTDRAFT_PEER_INVALID" in await wire.refusal("sendMessageDraft", chat_id=GROUP_ID, draft_id=1, text="x")
    assert "draft_id" in await wire.refusal("sendMessageDraft", chat_id=MINJI, draft_id=0, text="x")


async def test_a_draft_grows_fades_after_30_seconds_and_ends_with_the_message(wire: Wire) -> None:
    for text in ("", "gro", "growing"):
        await wire.done("sendMessageDraft", chat_id=MINJI, draft_id=7, text=text)
    draft = wire.server.telegram.draft(MINJI)
    assert draft is not None
    assert draft.text == "growing"
    wire.clock.now += 31
    assert wire.server.telegram.draft(MINJI) is None
    await wire.done("sendMessageDraft", chat_id=MINJI, draft_id=8, text="again")
    await wire.done("sendMessage", chat_id=MINJI, text="done")
    assert wire.server.telegram.draft(MINJI) is None


async def test_an_edit_must_change_something(wire: Wire) -> None:
    sent = await wire.done("sendMessage", chat_id=MINJI, text="one")
    place = {"chat_id": MINJI, "message_id": sent["message_id"]}
    assert (await wire.refusal("editMessageText", **place, text=" one ")).startswith("Bad Request: message is not mod")
    assert "is not modified" in await wire.refusal("editMessageReplyMarkup", **place)
    edited = await wire.done("editMessageText", **place, text="two")
    assert (edited["text"], edited["edit_date"]) == ("two", 1_790_000_000)


async def test_only_the_bots_own_standing_messages_can_be_edited(wire: Wire) -> None:
    missing = {"chat_id": MINJI, "message_id": 99}
    assert await wire.refusal("editMessageText", **missing, text="x") == "Bad Request: message to edit not found"
    theirs = {"chat_id": MINJI, "message_id": 1}
    assert await wire.refusal("editMessageText", **theirs, text="x") == "Bad Request: message can't be edited"


async def test_an_edit_without_a_keyboard_takes_it_away(wire: Wire) -> None:
    keyboard = {"inline_keyboard": [[{"text": "x", "callback_data": "x"}]]}
    sent = await wire.done("sendMessage", chat_id=MINJI, text="one", reply_markup=keyboard)
    edited = await wire.done("editMessageText", chat_id=MINJI, message_id=sent["message_id"], text="one")
    assert "reply_markup" not in edited


async def test_a_deleted_message_is_gone(wire: Wire) -> None:
    sent = await wire.done("sendMessage", chat_id=MINJI, text="one")
    place = {"chat_id": MINJI, "message_id": sent["message_id"]}
    await wire.done("deleteMessage", **place)
    assert await wire.refusal("deleteMessage", **place) == "Bad Request: message to delete not found"


async def test_a_document_arrives_byte_for_byte(wire: Wire, bot: telegram.Bot) -> None:
    content = bytes(range(256)) + b"\r\n--\r\n\r\n" * 3
    sent = await bot.send_document(MINJI, content, filename="일정.ics", caption="<b>일정</b>", parse_mode="HTML")
    assert sent.document is not None
    assert (sent.document.file_name, sent.caption, sent.caption_entities[0].type) == ("일정.ics", "일정", "bold")
    assert bytes(await (await bot.get_file(sent.document.file_id)).download_as_bytearray()) == content
    on_page = await wire.http.get(f"/api/files/{sent.document.file_id}")
    assert on_page.content == content
    assert on_page.headers["content-disposition"].startswith("attachment")
    again = await bot.send_document(MINJI, sent.document.file_id)
    assert again.document == sent.document


async def test_a_caption_has_1024_units(wire: Wire, bot: telegram.Bot) -> None:
    await bot.send_document(MINJI, b"x", caption="😀" * 512)
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)message caption is too long"):
        await bot.send_document(MINJI, b"x", caption="😀" * 513)


async def test_a_reaction_is_one_of_telegrams(wire: Wire) -> None:
    place = {"chat_id": MINJI, "message_id": 1}
    await wire.done("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "👀"}])
    assert wire.server.telegram.history(MINJI)[0].reaction == "👀"
    refused = await wire.refusal("setMessageReaction", **place, reaction=[{"type": "emoji", "emoji": "🪿"}])
    assert refused == "Bad Request: REACTION_INVALID"


# --- floods -----------------------------------------------------------------------------------------------------


async def test_a_flood_in_a_private_chat_is_told_when_to_go_on(wire: Wire) -> None:
    for number in range(Limits().private_burst):
        await wire.done("sendMessage", chat_id=MINJI, text=str(number))
    body = await wire.call("sendMessage", chat_id=MINJI, text="more")
    assert (body["error_code"], body["description"]) == (429, "Too Many Requests: retry after 1")
    assert body["parameters"] == {"retry_after": 1}
    wire.clock.now += 1
    await wire.done("sendMessage", chat_id=MINJI, text="more")


async def test_a_group_takes_20_messages_a_minute(wire: Wire) -> None:
    for number in range(20):
        await wire.done("sendMessage", chat_id=GROUP_ID, text=str(number))
    assert (await wire.call("sendMessage", chat_id=GROUP_ID, text="x"))["parameters"] == {"retry_after": 3}
    await wire.done("sendMessage", chat_id=STAFF_CHAT_ID, text="another chat is not concerned")


async def test_thirty_messages_a_second_overall() -> None:
    limits = Limits(private_burst=100, overall_burst=30)
    async with (
        playground.serve(clock=Clock(), limits=limits) as server,
        httpx.AsyncClient(base_url=server.api_url) as http,
    ):
        wire = Wire(server, http)
        await wire.visit(f"chats/{MINJI}/start")
        for number in range(30):
            await wire.done("sendMessage", chat_id=MINJI, text=str(number))
        assert (await wire.call("sendMessage", chat_id=MINJI, text="x"))["error_code"] == 429


async def test_drafts_are_no_flood(wire: Wire) -> None:
    for number in range(100):
        await wire.done("sendMessageDraft", chat_id=MINJI, draft_id=1, text=f"word {number}")


# --- updates ----------------------------------------------------------------------------------------------------


async def test_an_offset_confirms_what_lies_before_it(wire: Wire) -> None:
    for text in ("a", "b", "c"):
        await wire.say(MINJI, text)
    first, second, third = await wire.done("getUpdates")
    assert [update["update_id"] for update in await wire.done("getUpdates", offset=second["update_id"])] == [
        second["update_id"],
        third["update_id"],
    ]
    assert await wire.done("getUpdates", offset=-1) == [third]
    assert await wire.done("getUpdates") == [third]
    assert first["message"]["text"] == "a"


async def test_a_limit_keeps_the_rest_for_later(wire: Wire) -> None:
    for text in ("a", "b", "c"):
        await wire.say(MINJI, text)
    assert len(await wire.done("getUpdates", limit=2)) == 2


async def test_a_long_poll_answers_as_soon_as_there_is_something(wire: Wire) -> None:
    async with asyncio.timeout(5):
        poll = asyncio.create_task(wire.done("getUpdates", timeout=50))
        await wire.say(MINJI, "hello")
        assert (await poll)[0]["message"]["text"] == "hello"


async def test_the_newer_of_two_pollers_wins(wire: Wire) -> None:
    async with asyncio.timeout(5):
        polls = [asyncio.create_task(wire.call("getUpdates", timeout=50)) for _ in range(2)]
        done, waiting = await asyncio.wait(polls, return_when=asyncio.FIRST_COMPLETED)
        body = done.pop().result()
        assert body["error_code"] == 409
        assert body["description"].startswith("Conflict: terminated by other getUpdates request")
        await wire.say(MINJI, "hello")
        assert (await waiting.pop())["ok"]


async def test_only_the_wanted_kinds_come(wire: Wire) -> None:
    await wire.done("getUpdates", allowed_updates=["my_chat_member"])
    await wire.say(MINJI, "hello")
    await wire.visit(f"chats/{MINJI}/block", blocked=True)
    assert [set(update) - {"update_id"} for update in await wire.updates()] == [{"my_chat_member"}]


async def test_an_update_is_forgotten_after_a_day(wire: Wire) -> None:
    await wire.say(MINJI, "hello")
    wire.clock.now += 24 * 60 * 60 + 1
    assert await wire.done("getUpdates") == []


async def test_a_webhook_gets_each_update_until_it_says_so(wire: Wire) -> None:
    seen: asyncio.Queue[tuple[str, dict[str, Any]]] = asyncio.Queue()
    answers = iter([500, 503, 200, 200])

    async def hook(request: Request) -> Response:
        await seen.put((request.headers.get("X-Telegram-Bot-Api-Secret-Token", ""), await request.json()))
        return Response(status_code=next(answers))

    async with listening(Starlette(routes=[Route("/hook", hook, methods=["POST"])])) as url:
        await wire.done("setWebhook", url=f"{url}/hook", secret_token="s3cret", allowed_updates=["message"])
        assert "can't use getUpdates" in await wire.refusal("getUpdates")
        await wire.say(MINJI, "one")
        await wire.say(MINJI, "two")
        async with asyncio.timeout(10):
            got = [await seen.get() for _ in range(4)]
        assert [body["message"]["text"] for _, body in got] == ["one", "one", "one", "two"]
        assert {secret for secret, _ in got} == {"s3cret"}
        info = await wire.done("getWebhookInfo")
        assert (info["url"], info["last_error_message"][:32]) == (f"{url}/hook", "Wrong response from the webhook:")
        await wire.done("deleteWebhook")
        assert await wire.done("getUpdates") == []


@pytest.mark.parametrize("sent", [{"url": "http://example.com/"}, {"url": "https://x.kr", "secret_token": "ä"}])
async def test_a_webhook_needs_a_safe_address_and_a_plain_secret(wire: Wire, sent: dict[str, str]) -> None:
    assert (await wire.refusal("setWebhook", **sent)).startswith("Bad Request: ")


async def test_pending_updates_can_be_dropped(wire: Wire) -> None:
    await wire.say(MINJI, "old")
    await wire.done("deleteWebhook", drop_pending_updates=True)
    assert await wire.done("getUpdates") == []


# --- visitors ---------------------------------------------------------------------------------------------------


async def test_a_start_link_carries_its_payload(wire: Wire) -> None:
    await wire.visit(f"chats/{ANNA}/start", payload="booth-12")
    (update,) = await wire.updates()
    message = update["message"]
    assert (message["text"], message["from"]["language_code"]) == ("/start booth-12", "de")
    assert message["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    refused = await wire.http.post(f"/api/chats/{ANNA}/start", json={"payload": "no spaces"})
    assert refused.status_code == 400


async def test_links_mentions_and_commands_are_found_in_a_text(wire: Wire) -> None:
    await wire.say(MINJI, "😀 @anna_b https://x.kr/a. a@b.de #포항 /help")
    (update,) = await wire.updates()
    assert [(one["type"], one["offset"], one["length"]) for one in update["message"]["entities"]] == [
        ("mention", 3, 7),
        ("url", 11, 14),
        ("email", 27, 6),
        ("hashtag", 34, 3),
        ("bot_command", 38, 5),
    ]


@pytest.mark.parametrize(
    ("text", "heard"),
    [
        ("just talking", 0),
        ("/help", 1),
        ("/help@playground_bot", 1),
        ("/help@other_bot", 0),
        ("what do you think, @Playground_Bot?", 1),
        ("@somebody_else", 0),
    ],
)
async def test_in_a_group_the_bot_hears_only_what_is_meant_for_it(wire: Wire, text: str, heard: int) -> None:
    await wire.visit(f"chats/{GROUP_ID}/messages", text=text, **{"from": JOHN})
    assert len(await wire.updates()) == heard


async def test_in_a_group_a_reply_to_the_bot_is_heard(wire: Wire) -> None:
    sent = await wire.done("sendMessage", chat_id=GROUP_ID, text="a card")
    await wire.visit(f"chats/{GROUP_ID}/messages", text="yes", reply_to=sent["message_id"], **{"from": ANNA})
    (update,) = await wire.updates()
    assert update["message"]["reply_to_message"]["text"] == "a card"


async def test_who_is_no_member_cannot_write_in_a_group(wire: Wire) -> None:
    answer = await wire.http.post(f"/api/chats/{STAFF_CHAT_ID}/messages", json={"text": "/x", "from": MINJI})
    assert answer.status_code == 400


async def test_a_visitors_edit_is_an_edited_message(wire: Wire) -> None:
    sent = await wire.say(MINJI, "helo")
    await wire.updates()
    await wire.visit(f"chats/{MINJI}/messages/{sent['message_id']}", text="hello")
    (update,) = await wire.updates()
    assert (update["edited_message"]["text"], update["edited_message"]["edit_date"]) == ("hello", 1_790_000_000)


@pytest.mark.parametrize("kind", ["photo", "voice", "sticker", "document"])
async def test_other_kinds_arrive_as_what_they_are(wire: Wire, bot: telegram.Bot, kind: str) -> None:
    await wire.visit(f"chats/{MINJI}/messages", kind=kind)
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert getattr(update.message, kind)
    assert update.message.text is None


async def test_a_pressed_button_gets_one_answer(wire: Wire) -> None:
    query, waiting = await wire.pressed()
    assert (query["data"], query["from"]["id"], query["message"]["text"]) == ("yes", MINJI, "Really?")
    await wire.done("answerCallbackQuery", callback_query_id=query["id"], text="Done", show_alert=True)
    assert (await waiting)["answer"] == {"text": "Done", "show_alert": True, "url": ""}
    assert "query is too old" in await wire.refusal("answerCallbackQuery", callback_query_id=query["id"])


async def test_a_late_or_unknown_answer_is_refused(wire: Wire) -> None:
    query, waiting = await wire.pressed()
    wire.clock.now += 61
    for query_id in (query["id"], "unknown"):
        assert "query is too old" in await wire.refusal("answerCallbackQuery", callback_query_id=query_id)
    waiting.cancel()


async def test_only_a_button_that_stands_there_can_be_pressed(wire: Wire) -> None:
    answer = await wire.http.post(f"/api/chats/{MINJI}/press", json={"message_id": 1, "callback_data": "x"})
    assert answer.status_code == 400


async def test_a_new_visitor_starts_with_an_untouched_chat(wire: Wire) -> None:
    user = await wire.visit("visitors", name="  Léa   Martin ", language_code="fr")
    assert user["first_name"] == "Léa Martin"
    assert "can't initiate" in await wire.refusal("sendMessage", chat_id=user["id"], text="x")


async def test_commands_follow_the_visitors_language_and_the_narrowest_scope(wire: Wire) -> None:
    def command(text: str) -> list[dict[str, str]]:
        return [{"command": "go", "description": text}]

    await wire.done("setMyCommands", commands=command("everyone"))
    await wire.done("setMyCommands", commands=command("모두"), language_code="ko")
    scope = {"type": "chat", "chat_id": STAFF_CHAT_ID}
    await wire.done("setMyCommands", commands=command("staff"), scope=scope)
    state = (await wire.http.get("/api/state")).json()
    shown = {chat["id"]: chat["commands"] for chat in state["chats"]}
    assert shown[MINJI][str(MINJI)] == command("모두")
    assert shown[ANNA][str(ANNA)] == command("everyone")
    assert shown[STAFF_CHAT_ID]["201"] == command("staff")
    assert await wire.done("getMyCommands", scope=scope) == command("staff")
    await wire.done("deleteMyCommands", scope=scope)
    assert await wire.done("getMyCommands", scope=scope) == []
    assert "BOT_COMMAND_INVALID" in await wire.refusal(
        "setMyCommands", commands=[{"command": "Go!", "description": "x"}]
    )


async def test_changes_are_streamed_from_where_the_page_left_off(wire: Wire) -> None:
    version = (await wire.http.get("/api/state")).json()["version"]
    await wire.done("sendChatAction", chat_id=MINJI, action="typing")
    await wire.done("sendMessage", chat_id=MINJI, text="안녕")
    async with wire.http.stream("GET", f"/api/events?since={version}") as stream:
        lines = (line async for line in stream.aiter_lines() if line.startswith("data: "))
        changes = [json.loads((await anext(lines)).removeprefix("data: ")) for _ in range(2)]
    assert [change["type"] for change in changes] == ["typing", "message"]
    assert changes[1]["message"]["text"] == "안녕"


async def test_a_page_from_another_run_is_told_to_load_again(wire: Wire) -> None:
    async with wire.http.stream("GET", "/api/events?since=99999") as stream:
        async for line in stream.aiter_lines():
            if line.startswith("data: "):
                assert json.loads(line.removeprefix("data: "))["type"] == "reset"
                break


# --- the real library -------------------------------------------------------------------------------------------


async def test_the_real_library_sends_edits_drafts_and_reads(wire: Wire, bot: telegram.Bot) -> None:
    keyboard = telegram.InlineKeyboardMarkup([[telegram.InlineKeyboardButton("네", callback_data="yes")]])
    then = datetime.fromtimestamp(1_790_000_000, UTC)
    when = telegram.MessageEntity("date_time", 0, 2, unix_time=then, date_time_format="wDT")
    assert await bot.send_message_draft(MINJI, 5, "")
    sent = await bot.send_message(MINJI, "그때 😀", entities=[when], reply_markup=keyboard, reply_to_message_id=1)
    assert sent.reply_to_message is not None
    assert (sent.entities[0].type, sent.entities[0].unix_time) == ("date_time", then)
    assert sent.reply_markup == keyboard
    edited = await bot.edit_message_text("다음", MINJI, sent.message_id)
    assert isinstance(edited, telegram.Message)
    assert edited.edit_date is not None
    await wire.say(MINJI, "네", reply_to=sent.message_id)
    (update,) = await bot.get_updates(timeout=5)
    assert update.effective_message is not None
    assert update.effective_message.reply_to_message == sent
    assert (await bot.get_chat(MINJI)).first_name == "민지"
    assert (await bot.get_chat_member(STAFF_CHAT_ID, 201)).status == "creator"
    assert (await bot.get_chat_member(STAFF_CHAT_ID, MINJI)).status == "left"
    assert await bot.set_my_description("Fragen zur Batterie", language_code="de")
    assert (await bot.get_my_description(language_code="de")).description == "Fragen zur Batterie"
    assert await bot.leave_chat(GROUP_ID)
    with pytest.raises(telegram.error.Forbidden):
        await bot.send_message(GROUP_ID, "x")


async def test_the_real_library_knows_each_refusal(
    wire: Wire, bot: telegram.Bot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    with pytest.raises(telegram.error.BadRequest, match=r"(?i)chat not found"):
        await bot.send_message(999, "x")
    with pytest.raises(telegram.error.Forbidden):
        await bot.send_message(ANNA, "x")
    for number in range(Limits().private_burst):
        await bot.send_message(MINJI, str(number))
    with pytest.raises(telegram.error.RetryAfter) as flood:
        await bot.send_message(MINJI, "x")
    assert flood.value.retry_after == timedelta(seconds=1)
    await bot.set_webhook("https://example.com/hook")
    with pytest.raises(telegram.error.Conflict):
        await bot.get_updates()
    assert (await bot.get_webhook_info()).url == "https://example.com/hook"
    other = telegram.Bot("1000:other", base_url=f"{wire.server.api_url}/bot")
    with pytest.raises(telegram.error.InvalidToken):
        await other.initialize()
    await other.shutdown()
