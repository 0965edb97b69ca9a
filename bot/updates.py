"""Updates as Telegram sent them: what must be known of one before anybody tries to understand it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Update = Mapping[str, Any]  # raw: what cannot be understood today can still be kept

NOBODY = 0  # no chat and no person of Telegram's has this number
_LARGEST = 2**63  # what a database takes for a whole number ends here


def chat_of(update: Update) -> int:
    """What must stay in order: the chat; for a press on a message without one, the person; else NOBODY."""
    for value in update.values():
        if not isinstance(value, Mapping):
            continue
        for holder in (value, value.get("message")):
            if isinstance(holder, Mapping) and isinstance(holder.get("chat"), Mapping):
                return _number(holder["chat"].get("id"))
        if isinstance(value.get("from"), Mapping):
            return _number(value["from"].get("id"))
    return NOBODY


def sender_of(update: Update) -> int:
    """The person who wrote or pressed."""
    for value in update.values():
        if isinstance(value, Mapping) and isinstance(value.get("from"), Mapping):
            return _number(value["from"].get("id"))
    return NOBODY


def waits_in(update: Update) -> str | None:
    """The language of the person's Telegram, if somebody in a private chat waits for an answer to this; else None.

    Somebody who wrote or pressed, that is. In a group nobody may have meant us, and a press is answered by what it changes.
    """
    said = update.get("message") or update.get("callback_query")
    if not isinstance(said, Mapping) or "inline_message_id" in said:  # it stands in a chat that we do not know
        return None
    if chat_of(update) <= 0 or chat_of(update) != sender_of(update):
        return None
    return str(said["from"].get("language_code") or "")


def _number(value: object) -> int:
    return value if isinstance(value, int) and -_LARGEST < value < _LARGEST else NOBODY
