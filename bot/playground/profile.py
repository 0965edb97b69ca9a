"""Profile: the bot's commands and descriptions, per scope and language, as Telegram looks them up."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from bot.playground.people import Chat, User
from bot.playground.refusals import bad_request

_NAME = re.compile(r"[a-z0-9_]{1,32}")
_LANGUAGE = re.compile(r"(?:[a-z]{2})?")
SCOPES = ("default", "all_private_chats", "all_group_chats", "all_chat_administrators")
CHAT_SCOPES = ("chat", "chat_administrators", "chat_member")
LONGEST = {"name": 64, "description": 512, "short_description": 120}

Scope = tuple[str, int, int]
Command = dict[str, str]


@dataclass
class Profile:
    """What ``setMyCommands``, ``setMyName`` and their kin have set."""

    commands: dict[tuple[Scope, str], list[Command]] = field(default_factory=dict)
    texts: dict[tuple[str, str], str] = field(default_factory=dict)

    def text(self, what: str, language: str) -> str:
        """A description in a visitor's language, else the one for everybody."""
        return self.texts.get((what, language)) or self.texts.get((what, ""), "")

    def set_text(self, what: str, language: str, text: str) -> None:
        """An empty text takes it away."""
        if len(text) > LONGEST[what]:
            raise bad_request(f"bot {what.replace('_', ' ')} is too long")
        self.texts[what, checked_language(language)] = text

    def commands_for(self, user: User, chat: Chat) -> list[Command]:
        """The commands in this visitor's menu: the narrowest scope first, with the language before without."""
        kind = "all_private_chats" if chat.private else "all_group_chats"
        scopes: list[Scope] = [("chat", chat.id, 0), (kind, 0, 0), ("default", 0, 0)]
        if not chat.private:
            scopes.insert(0, ("chat_member", chat.id, user.id))
        for scope in scopes:
            for language in (user.language_code, ""):
                if found := self.commands.get((scope, language)):
                    return found
        return []


def scope_from(value: Any) -> Scope:
    """``BotCommandScope`` as a key."""
    if value in (None, ""):
        return ("default", 0, 0)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind in SCOPES:
        return (str(kind), 0, 0)
    if kind not in CHAT_SCOPES:
        raise bad_request("can't parse BotCommandScope: unsupported type specified")
    try:
        return (str(kind), int(value["chat_id"]), int(value.get("user_id", 0)))
    except (KeyError, TypeError, ValueError):
        raise bad_request("can't parse BotCommandScope: chat_id is empty") from None


def checked_commands(value: Any) -> list[Command]:
    """At most a hundred, each with a name that can be typed and a description."""
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise bad_request("can't parse BotCommand: expected an Array of Object")
    if len(value) > 100:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    commands = []
    for one in value:
        name, description = str(one.get("command", "")).removeprefix("/"), str(one.get("description", ""))
        if not _NAME.fullmatch(name):
            raise bad_request("BOT_COMMAND_INVALID")
        if not 1 <= len(description) <= 256:
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        commands.append({"command": name, "description": description})
    return commands


def checked_language(code: str) -> str:
    """Two lower-case letters, or nothing."""
    if not _LANGUAGE.fullmatch(code):
        raise bad_request("language code is invalid")
    return code
