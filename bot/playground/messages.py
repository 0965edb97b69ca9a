"""Message, File and Draft: what stands in a chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from bot.playground.entities import Entity
from bot.playground.people import Chat, User

FileKind = Literal["document", "photo", "voice", "sticker"]


@dataclass(frozen=True)
class File:
    """A file in memory; ``id`` is what the Bot API calls ``file_id``."""

    id: str
    kind: FileKind
    name: str
    media_type: str
    content: bytes

    @property
    def path(self) -> str:
        """Its path below ``/file/bot<token>/``."""
        return f"{self.kind}s/{self.id}/{self.name}"

    def to_json(self) -> dict[str, Any]:
        """The Bot API's ``File``, the part that every kind of file shares."""
        return {"file_id": self.id, "file_unique_id": f"u{self.id}", "file_size": len(self.content)}


@dataclass(frozen=True)
class Message:
    """A message as it stands now. Where there is a file, ``text`` is its caption."""

    id: int
    chat_id: int
    sender: User
    date: int
    text: str = ""
    entities: tuple[Entity, ...] = ()
    keyboard: Mapping[str, Any] | None = None
    reply_to: int = 0
    file: File | None = None
    edited: int = 0
    reaction: str = ""

    @property
    def kind(self) -> str:
        """``text``, or the kind of its file."""
        return self.file.kind if self.file else "text"


@dataclass(frozen=True)
class Draft:
    """A text that the bot is still writing; empty means that it thinks. It is gone at ``until``."""

    id: int
    text: str
    entities: tuple[Entity, ...]
    until: float

    def to_json(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "draft_id": self.id,
            "text": self.text,
            "entities": [entity.to_json() for entity in self.entities],
            "until": self.until,
        }


def to_json(message: Message, chat: Chat, replied: Message | None = None) -> dict[str, Any]:
    """The Bot API's ``Message``."""
    body: dict[str, Any] = {
        "message_id": message.id,
        "from": message.sender.to_json(),
        "chat": chat.to_json(),
        "date": message.date,
    }
    if message.edited:
        body["edit_date"] = message.edited
    if replied:
        body["reply_to_message"] = to_json(replied, chat)
    text, entities = ("caption", "caption_entities") if message.file else ("text", "entities")
    if message.text or not message.file:
        body[text] = message.text
    if message.entities:
        body[entities] = [entity.to_json() for entity in message.entities]
    if message.file:
        body[message.file.kind] = _attached(message.file)
    if message.keyboard and "inline_keyboard" in message.keyboard:
        body["reply_markup"] = message.keyboard
    return body


def _attached(file: File) -> Any:
    body = file.to_json()
    match file.kind:
        case "photo":
            return [{**body, "width": 640, "height": 480}]
        case "voice":
            return {**body, "duration": 3, "mime_type": file.media_type}
        case "sticker":
            return {**body, "type": "regular", "width": 512, "height": 512, "emoji": "👋",
                    "is_animated": False, "is_video": False}  # fmt: skip
        case "document":
            return {**body, "file_name": file.name, "mime_type": file.media_type}
