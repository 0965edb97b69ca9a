"""Telegram: everything the stand-in knows, in memory, and the few ways in which it changes.

What a bot may do is in ``methods``, what a visitor may do in ``visitors``; both keep their facts here, so that tests
can look at one place. There is no global state: two of these know nothing of each other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from bot.playground import messages
from bot.playground.bell import Bell
from bot.playground.faults import Copies, Faults, Trouble
from bot.playground.floods import Floods, Limits
from bot.playground.journal import Journal
from bot.playground.messages import Draft, File, FileKind, Message
from bot.playground.people import BOT_ID, STAFF, VISITORS, Chat, User, first_chats
from bot.playground.profile import Profile
from bot.playground.refusals import bad_request
from bot.playground.updates import Updates

TOKEN = f"{BOT_ID}:playground"
DRAFT_SECONDS = 30
QUERY_SECONDS = 60


@dataclass(frozen=True)
class Query:
    """A pressed button that waits for the bot's answer."""

    id: str
    user_id: int
    chat_id: int
    message_id: int
    at: float
    answer: Mapping[str, Any] | None = None


class Telegram:
    """The state of one stand-in. ``clock`` gives the time in seconds since 1970."""

    def __init__(
        self,
        token: str = TOKEN,
        username: str = "playground_bot",
        clock: Callable[[], float] = time.time,
        limits: Limits | None = None,
        faults: Faults | None = None,
    ) -> None:
        self.token = token
        self.clock = clock
        self.bell = Bell()
        self.bot = User(int(token.partition(":")[0]), "Playground", username=username, is_bot=True)
        self.users: dict[int, User] = {user.id: user for user in (*VISITORS, *STAFF)}
        self.chats: dict[int, Chat] = {chat.id: chat for chat in first_chats()}
        self.messages: dict[int, dict[int, Message]] = {chat_id: {} for chat_id in self.chats}
        self.drafts: dict[int, Draft] = {}
        self.queries: dict[str, Query] = {}
        self.files: dict[str, File] = {}
        self.profile = Profile()
        self.journal = Journal(self.bell)
        self.trouble = Trouble(faults or Faults(), clock)
        self.updates = Updates(clock, self.bell, Copies(self.trouble))
        self.floods = Floods(limits or Limits(), clock)
        self._last_ids: dict[int, int] = {}
        self._named = 0

    def now(self) -> int:
        """The date that messages carry."""
        return int(self.clock())

    def new_name(self, prefix: str) -> str:
        """An id that was not given before: of a file, of a pressed button."""
        self._named += 1
        return f"{prefix}{self._named:06d}"

    def chat(self, chat_id: int) -> Chat:
        """The chat, or Telegram's refusal."""
        try:
            return self.chats[chat_id]
        except KeyError:
            raise bad_request("chat not found") from None

    def message(self, chat_id: int, message_id: int) -> Message | None:
        """The message as it stands now, if it stands."""
        return self.messages.get(chat_id, {}).get(message_id)

    def history(self, chat_id: int) -> tuple[Message, ...]:
        """The messages of a chat, oldest first."""
        return tuple(self.messages[chat_id].values())

    def json_of(self, message: Message) -> dict[str, Any]:
        """The message as the bot sees it."""
        replied = self.message(message.chat_id, message.reply_to) if message.reply_to else None
        return messages.to_json(message, self.chats[message.chat_id], replied)

    def shown(self, message: Message) -> dict[str, Any]:
        """The message as the page sees it: also with the reaction and with a keyboard below the input."""
        body = {**self.json_of(message), "kind": message.kind, "reaction": message.reaction}
        if message.keyboard:
            body["reply_markup"] = message.keyboard
        return body

    def say(self, chat_id: int, sender: User, text: str = "", **details: Any) -> Message:
        """Put a new message into a chat. What the bot says ends its draft."""
        self._last_ids[chat_id] = self._last_ids.get(chat_id, 0) + 1
        message = Message(self._last_ids[chat_id], chat_id, sender, self.now(), text, **details)
        self.messages[chat_id][message.id] = message
        if sender == self.bot:
            self.drafts.pop(chat_id, None)
        self.journal.write("message", chat_id=chat_id, message=self.shown(message))
        return message

    def change(self, message: Message, **details: Any) -> Message:
        """Put the changed message in the place of the old one."""
        changed = replace(message, **details)
        self.messages[message.chat_id][message.id] = changed
        self.journal.write("edit", chat_id=message.chat_id, message=self.shown(changed))
        return changed

    def remove(self, message: Message) -> None:
        """Take it away for everyone."""
        del self.messages[message.chat_id][message.id]
        self.journal.write("delete", chat_id=message.chat_id, message_id=message.id)

    def put_chat(self, chat: Chat) -> None:
        """Add a chat, or change how the bot stands in it."""
        self.chats[chat.id] = chat
        self.messages.setdefault(chat.id, {})
        self.journal.write("chat", chat_id=chat.id, chat=self.chat_shown(chat))

    def chat_shown(self, chat: Chat) -> dict[str, Any]:
        """A chat for the list on the page."""
        return {**chat.to_json(), "name": chat.title, "members": chat.members, "bot": chat.bot, "staff": chat.staff}

    def put_draft(self, chat_id: int, draft: Draft) -> None:
        """Show a growing text; it takes the place of the one before."""
        self.drafts[chat_id] = draft
        self.journal.write("draft", chat_id=chat_id, draft=draft.to_json())

    def draft(self, chat_id: int) -> Draft | None:
        """The draft that a visitor sees now: after 30 seconds it is gone by itself."""
        draft = self.drafts.get(chat_id)
        return draft if draft and draft.until > self.clock() else None

    def keep_file(self, kind: FileKind, name: str, media_type: str, content: bytes) -> File:
        """Keep a file for as long as the stand-in runs."""
        file = File(self.new_name("file"), kind, name, media_type, content)
        self.files[file.id] = file
        return file

    def close(self) -> None:
        """End every long poll and every event stream."""
        self.bell.close()
