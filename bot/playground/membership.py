"""The methods by which a bot asks about chats, their members and their files, and leaves them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.playground import sending
from bot.playground.params import Params
from bot.playground.people import Chat, User
from bot.playground.refusals import bad_request
from bot.playground.telegram import Telegram

LARGEST_DOWNLOAD = 20_000_000


def get_chat(telegram: Telegram, params: Params) -> dict[str, Any]:
    chat = sending.named_chat(telegram, params)
    return {**chat.to_json(), "accent_color_id": 0, "max_reaction_count": 11,
            "accepted_gift_types": {"unlimited_gifts": False, "limited_gifts": False, "unique_gifts": False,
                                    "premium_subscription": False, "gifts_from_channels": False}}  # fmt: skip


def get_chat_member(telegram: Telegram, params: Params) -> dict[str, Any]:
    chat = sending.named_chat(telegram, params)
    user_id = params.integer("user_id")
    user = telegram.bot if user_id == telegram.bot.id else telegram.users.get(user_id)
    if user is None:
        raise bad_request("invalid user_id specified")
    return membership(chat, user)


def membership(chat: Chat, user: User) -> dict[str, Any]:
    """The Bot API's ``ChatMember``."""
    if user.is_bot:
        if chat.bot == "kicked":
            return {"user": user.to_json(), "status": "kicked", "until_date": 0}
        return {"user": user.to_json(), "status": "left" if chat.bot in ("left", "fresh") else "member"}
    if user.id not in chat.members:
        return {"user": user.to_json(), "status": "left"}
    if not chat.private and user.id == chat.members[0]:
        return {"user": user.to_json(), "status": "creator", "is_anonymous": False}
    return {"user": user.to_json(), "status": "member"}


def leave_chat(telegram: Telegram, params: Params) -> bool:
    chat = sending.destination(telegram, params)
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    telegram.put_chat(replace(chat, bot="left"))
    return True


def get_file(telegram: Telegram, params: Params) -> dict[str, Any]:
    file = telegram.files.get(params.text("file_id"))
    if file is None:
        raise bad_request("invalid file_id")
    if len(file.content) > LARGEST_DOWNLOAD:
        raise bad_request("file is too big")
    return {**file.to_json(), "file_path": file.path}
