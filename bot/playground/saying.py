"""The methods by which a bot speaks: it sends, edits, deletes, types, reacts and answers a pressed button."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from bot.playground import keyboards, sending
from bot.playground.messages import Draft, File, FileKind
from bot.playground.params import Params
from bot.playground.refusals import bad_request
from bot.playground.telegram import DRAFT_SECONDS, QUERY_SECONDS, Telegram

ACTIONS = frozenset(
    {"typing", "upload_photo", "record_video", "upload_video", "record_voice", "upload_voice", "upload_document",
     "choose_sticker", "find_location", "record_video_note", "upload_video_note"}
)  # fmt: skip
REACTIONS = frozenset(
    re.findall(
        r"\S+",
        "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤️‍🔥 🌚 🌭 💯 🤣 "
        "⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 "
        "🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂️ 🤷 🤷‍♀️ 😡",
    )
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)


def send_message(telegram: Telegram, params: Params) -> dict[str, Any]:
    chat = sending.destination(telegram, params)
    return telegram.json_of(sending.send(telegram, chat, sending.words(params), params))


def send_message_draft(telegram: Telegram, params: Params) -> bool:
    chat = sending.destination(telegram, params)
    if not chat.private:
        raise bad_request("TEXTDRAFT_PEER_INVALID")
    if not params.integer("draft_id"):
        raise bad_request("draft_id must be non-zero")
    said = sending.words(params, draft=True)
    until = telegram.clock() + DRAFT_SECONDS
    telegram.put_draft(chat.id, Draft(params.integer("draft_id"), said.text, said.entities, until))
    return True


def edit_message_text(telegram: Telegram, params: Params) -> dict[str, Any]:
    return _edit(telegram, params, file=False)


def edit_message_caption(telegram: Telegram, params: Params) -> dict[str, Any]:
    return _edit(telegram, params, file=True)


def _edit(telegram: Telegram, params: Params, *, file: bool) -> dict[str, Any]:
    chat = sending.destination(telegram, params)
    message = sending.named_message(telegram, params, chat, "edit")
    if message.sender != telegram.bot:
        raise bad_request("message can't be edited")
    if bool(message.file) != file:
        raise bad_request(f"there is no {'caption' if file else 'text'} in the message to edit")
    said = sending.words(params, caption=file)
    keyboard = keyboards.read_inline(params.nested("reply_markup"))
    if (said.text, said.entities, keyboard) == (message.text, message.entities, message.keyboard or None):
        raise bad_request(NOT_MODIFIED)
    telegram.floods.count(chat.id)
    changed = telegram.change(message, text=said.text, entities=said.entities, keyboard=keyboard, edited=telegram.now())
    return telegram.json_of(changed)


def edit_message_reply_markup(telegram: Telegram, params: Params) -> dict[str, Any]:
    chat = sending.destination(telegram, params)
    message = sending.named_message(telegram, params, chat, "edit")
    if message.sender != telegram.bot:
        raise bad_request("message can't be edited")
    keyboard = keyboards.read_inline(params.nested("reply_markup"))
    if keyboard == (message.keyboard or None):
        raise bad_request(NOT_MODIFIED)
    telegram.floods.count(chat.id)
    return telegram.json_of(telegram.change(message, keyboard=keyboard))


def delete_message(telegram: Telegram, params: Params) -> bool:
    chat = sending.destination(telegram, params)
    message = sending.named_message(telegram, params, chat, "delete")
    if message.sender != telegram.bot and not chat.private:
        raise bad_request("message can't be deleted")
    telegram.remove(message)
    return True


def send_document(telegram: Telegram, params: Params) -> dict[str, Any]:
    return _send_file(telegram, params, "document")


def send_photo(telegram: Telegram, params: Params) -> dict[str, Any]:
    return _send_file(telegram, params, "photo")


def _send_file(telegram: Telegram, params: Params, kind: FileKind) -> dict[str, Any]:
    chat = sending.destination(telegram, params)
    caption = sending.words(params, caption=True)
    file = _sent_file(telegram, params, kind)
    return telegram.json_of(sending.send(telegram, chat, caption, params, file=file))


def _sent_file(telegram: Telegram, params: Params, kind: FileKind) -> File:
    named = params.text(kind)
    upload = params.uploads.get(named.removeprefix("attach://") if named else kind)
    if upload:
        if not upload.content:
            raise bad_request("file must be non-empty")
        return telegram.keep_file(kind, upload.name.rpartition("/")[2] or kind, upload.media_type, upload.content)
    if not named:
        raise bad_request(f"there is no {kind} in the request")
    known = telegram.files.get(named)
    if known is None:
        raise bad_request("wrong file identifier/HTTP URL specified")
    return replace(known, kind=kind)


def send_chat_action(telegram: Telegram, params: Params) -> bool:
    chat = sending.destination(telegram, params)
    if params.text("action") not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    telegram.journal.write("typing", chat_id=chat.id, action=params.text("action"))
    return True


def answer_callback_query(telegram: Telegram, params: Params) -> bool:
    query = telegram.queries.get(params.text("callback_query_id"))
    if query is None or query.answer is not None or telegram.clock() - query.at > QUERY_SECONDS:
        raise bad_request(TOO_OLD)
    text = params.text("text")
    if len(text) > 200:
        raise bad_request("MESSAGE_TOO_LONG")
    answer = {"text": text, "show_alert": params.flag("show_alert"), "url": params.text("url")}
    telegram.queries[query.id] = replace(query, answer=answer)
    telegram.journal.write("answer", chat_id=query.chat_id, user_id=query.user_id, query_id=query.id, **answer)
    return True


def set_message_reaction(telegram: Telegram, params: Params) -> bool:
    chat = sending.destination(telegram, params)
    message = sending.named_message(telegram, params, chat, "react")
    wanted = params.nested("reaction") or []
    if not isinstance(wanted, list) or not all(isinstance(one, dict) for one in wanted):
        raise bad_request("can't parse reaction types JSON object")
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    emoji = str(wanted[0].get("emoji", "")) if wanted else ""
    if wanted and emoji not in REACTIONS:
        raise bad_request("REACTION_INVALID")
    changed = replace(message, reaction=emoji)
    telegram.messages[chat.id][message.id] = changed
    telegram.journal.write("reaction", chat_id=chat.id, message_id=message.id, reaction=emoji)
    return True
