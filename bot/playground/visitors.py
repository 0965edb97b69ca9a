"""What a visitor can do, and the updates that the bot gets from it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bot.playground import entities, keyboards
from bot.playground.detection import addressed, found_in
from bot.playground.membership import membership
from bot.playground.messages import FileKind, Message
from bot.playground.people import Chat, Standing, User, private_chat
from bot.playground.refusals import bad_request
from bot.playground.sending import LONGEST_CAPTION, LONGEST_TEXT
from bot.playground.telegram import Query, Telegram

STAND_INS: Mapping[str, tuple[str, str, bytes]] = {
    "photo": ("photo.jpg", "image/jpeg", b"a stand-in for a photo"),
    "voice": ("voice.ogg", "audio/ogg", b"a stand-in for a voice message"),
    "sticker": ("sticker.webp", "image/webp", b"a stand-in for a sticker"),
    "document": ("brochure.pdf", "application/pdf", b"a stand-in for a document"),
}
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LANGUAGE = re.compile(r"[a-z]{2}(?:-[A-Za-z]{2,4})?")
MOST_VISITORS = 100


def arrive(telegram: Telegram, name: str, language_code: str) -> User:
    """Somebody new, with a private chat that is not started yet."""
    name = " ".join(name.split())
    if not 1 <= entities.units(name) <= 64:
        raise bad_request("a visitor needs a name of 1 to 64 characters")
    if not _LANGUAGE.fullmatch(language_code):
        raise bad_request("language_code is a language like ko, de or en")
    if len(telegram.users) >= MOST_VISITORS:
        raise bad_request("there are enough visitors")
    user = User(max(telegram.users) + 1, name, language_code)
    telegram.users[user.id] = user
    telegram.journal.write("user", user=user.to_json())
    telegram.put_chat(private_chat(user))
    return user


def speaker(telegram: Telegram, chat: Chat, user_id: int) -> User:
    """Who writes: in a private chat there is only one."""
    user_id = user_id or (chat.id if chat.private else 0)
    if user_id not in chat.members:
        raise bad_request("this person is not a member of the chat")
    return telegram.users[user_id]


def say(telegram: Telegram, chat: Chat, user: User, text: str, reply_to: int = 0) -> Message:
    """Write a text message. The first one starts the chat, as the Start button does."""
    text, _ = entities.settle(text, ())
    if not text:
        raise bad_request("message text is empty")
    if entities.units(text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return _post(telegram, chat, user, text=text, reply_to=reply_to)


def start(telegram: Telegram, chat: Chat, user: User, payload: str = "") -> Message:
    """Press Start, or open a link with ``?start=payload``."""
    if payload and not _PAYLOAD.fullmatch(payload):
        raise bad_request("a start payload has 1 to 64 of A-Z a-z 0-9 _ -")
    return _post(telegram, chat, user, text=f"/start {payload}".strip())


def send_stand_in(
    telegram: Telegram, chat: Chat, user: User, kind: FileKind, caption: str = "", reply_to: int = 0
) -> Message:
    """Send something that is not a text; the file is a stand-in of a few bytes."""
    if kind not in STAND_INS:
        raise bad_request(f"a visitor can send {', '.join(STAND_INS)}")
    if entities.units(caption) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    file = telegram.keep_file(kind, *STAND_INS[kind])
    return _post(telegram, chat, user, text=caption, reply_to=reply_to, file=file)


def _post(telegram: Telegram, chat: Chat, user: User, *, text: str, reply_to: int = 0, **details: Any) -> Message:
    if chat.bot == "kicked" and chat.private:
        raise bad_request("the bot is blocked: restart it first")
    replied = telegram.message(chat.id, reply_to) if reply_to else None
    if reply_to and replied is None:
        raise bad_request("message to be replied not found")
    if chat.bot == "fresh":
        telegram.put_chat(replace(chat, bot="member"))
    message = telegram.say(chat.id, user, text, entities=found_in(text), reply_to=reply_to, **details)
    if _reaches_bot(telegram, chat, message):
        telegram.updates.add("message", telegram.json_of(message))
    return message


def _reaches_bot(telegram: Telegram, chat: Chat, message: Message) -> bool:
    """In a group the bot is in privacy mode: it hears commands, its name and replies to what it said."""
    if chat.private:
        return True
    if chat.bot != "member":
        return False
    replied = telegram.message(chat.id, message.reply_to)
    if replied and replied.sender == telegram.bot:
        return True
    return addressed(message.text, message.entities, telegram.bot.username)


def edit(telegram: Telegram, chat: Chat, user: User, message_id: int, text: str) -> Message:
    """Change one's own message."""
    message = telegram.message(chat.id, message_id)
    if message is None or message.sender != user:
        raise bad_request("message can't be edited")
    text, _ = entities.settle(text, ())
    if not text or entities.units(text) > LONGEST_TEXT:
        raise bad_request("message is too long" if text else "message text is empty")
    if text == message.text:
        raise bad_request("message is not modified")
    changed = telegram.change(message, text=text, entities=found_in(text), edited=telegram.now())
    if _reaches_bot(telegram, telegram.chat(chat.id), changed) and chat.bot != "kicked":
        telegram.updates.add("edited_message", telegram.json_of(changed))
    return changed


async def press(telegram: Telegram, chat: Chat, user: User, message_id: int, data: str, patience: float = 10) -> Query:
    """Press a button and wait a while for the bot's answer; without one the query comes back unanswered."""
    message = telegram.message(chat.id, message_id)
    if message is None:
        raise bad_request("message not found")
    if data not in keyboards.callback_data(dict(message.keyboard or {})):
        raise bad_request("the message has no such button")
    if chat.bot != "member":
        raise bad_request("the bot is not here: restart or invite it first")
    query = Query(telegram.new_name("query"), user.id, chat.id, message_id, telegram.clock())
    telegram.queries[query.id] = query
    body = {
        "id": query.id,
        "from": user.to_json(),
        "message": telegram.json_of(message),
        "chat_instance": str(abs(chat.id)),
        "data": data,
    }
    telegram.updates.add("callback_query", body)
    loop = asyncio.get_running_loop()
    until = loop.time() + patience
    while not telegram.bell.closed and (left := until - loop.time()) > 0:
        query = telegram.queries[query.id]
        if query.answer is not None:
            break
        await telegram.bell.wait(left)
    return telegram.queries[query.id]


def set_blocked(telegram: Telegram, chat: Chat, user: User, blocked: bool) -> Chat:
    """Block the bot or take it back; in a group: remove it or invite it again."""
    standing: Standing = "kicked" if blocked else "member"
    if chat.bot == standing:
        return chat
    changed = replace(chat, bot=standing)
    telegram.put_chat(changed)
    telegram.updates.add(
        "my_chat_member",
        {
            "chat": chat.to_json(),
            "from": user.to_json(),
            "date": telegram.now(),
            "old_chat_member": membership(chat, telegram.bot),
            "new_chat_member": membership(changed, telegram.bot),
        },
    )
    return changed
