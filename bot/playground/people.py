"""User and Chat: who can write to the bot here, and where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Standing = Literal["fresh", "member", "kicked", "left"]

BOT_ID = 1000
GROUP_ID = -1001000000001
STAFF_CHAT_ID = -1001000000002


@dataclass(frozen=True)
class User:
    """Somebody with a Telegram account; ``language_code`` is the language of their app, not of their messages."""

    id: int
    first_name: str
    language_code: str = ""
    username: str = ""
    is_bot: bool = False

    def to_json(self) -> dict[str, Any]:
        """The Bot API's ``User``."""
        body: dict[str, Any] = {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name}
        if self.username:
            body["username"] = self.username
        if self.language_code:
            body["language_code"] = self.language_code
        return body


@dataclass(frozen=True)
class Chat:
    """A private chat (its id is the visitor's) or a group. ``bot`` is how the bot stands in it.

    *fresh* is a private chat that was never started: a bot cannot write there first.
    """

    id: int
    type: Literal["private", "supergroup"]
    title: str
    members: tuple[int, ...]
    bot: Standing = "fresh"
    staff: bool = False

    @property
    def private(self) -> bool:
        """Whether one visitor sits here alone with the bot."""
        return self.type == "private"

    def to_json(self) -> dict[str, Any]:
        """The Bot API's ``Chat``."""
        name = {"first_name": self.title} if self.private else {"title": self.title}
        return {"id": self.id, "type": self.type, **name}


VISITORS = (
    User(101, "민지", "ko", "minji"),
    User(102, "Anna", "de", "anna_b"),
    User(103, "John", "en", "john_d"),
)
STAFF = (User(201, "지훈", "ko", "jihun"), User(202, "Sofia", "en", "sofia_k"))


def private_chat(user: User) -> Chat:
    """The chat that a visitor sees before ever pressing Start."""
    return Chat(user.id, "private", user.first_name, (user.id,))


def first_chats() -> tuple[Chat, ...]:
    """Three visitors, a group of visitors and the staff's group, into which the bot was already invited."""
    visitors = tuple(user.id for user in VISITORS)
    staff = tuple(user.id for user in STAFF)
    return (
        *(private_chat(user) for user in VISITORS),
        Chat(GROUP_ID, "supergroup", "Battery Tour 2026", visitors, "member"),
        Chat(STAFF_CHAT_ID, "supergroup", "Staff", staff, "member", staff=True),
    )
