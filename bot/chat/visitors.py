"""Who is speaking with us, where, and in which language."""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass

from telegram import Bot, Chat, Message, MessageEntity, Update
from telegram.ext import filters

from bot.chat.clock import Clock
from bot.chat.styled import plain
from bot.chat.work import background, current
from bot.store import Store
from bot.texts import supported


@dataclass(frozen=True)
class Place:
    """Where an answer goes: a chat, in a group also the message it replies to and the topic it stands in."""

    chat_id: int
    private: bool
    thread_id: int | None = None
    reply_to: int | None = None


def place_of(update: Update) -> Place | None:
    """Where to answer this update; None where there is nowhere."""
    chat = update.effective_chat
    if chat is None:
        return None
    private = chat.type == Chat.PRIVATE
    message = update.effective_message
    if not isinstance(message, Message):
        return Place(chat.id, private)
    thread = message.message_thread_id if message.is_topic_message else None
    asked = update.message is not None and not private
    return Place(chat.id, private, thread, message.message_id if asked else None)


class Visitors:
    """The language to speak: the one chosen in this chat, else the one of the person's Telegram."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def recall(self, _update: Update, _context: object) -> None:
        """Know what is behind the update in hand. Mostly that was read when it was taken."""
        work = current.get()
        if work is not None and work.background is None:
            work.background = await asyncio.to_thread(self._store.background, work.raw, self._clock.now())

    async def chosen(self, update: Update) -> str | None:
        """The language chosen in this chat, or None where each question decides for itself."""
        return background().language if update.effective_chat else None

    async def language(self, update: Update) -> str:
        """The language of the bot's own sentences."""
        return await self.chosen(update) or telegram_language(update)


def telegram_language(update: Update) -> str:
    """The language of the person's Telegram, as far as the bot speaks it."""
    user = update.effective_user
    return supported(user.language_code if user else None)


def question_in(message: Message) -> str:
    """What the message asks: its text without our own name in it, and without what no reader can see."""
    text = message.text or ""
    name = message.get_bot().username
    without = re.sub(rf"@{re.escape(name)}\b", " ", text, flags=re.IGNORECASE) if name else text
    shown = plain(without).strip(" \n,:;")
    return shown if any(character.isprintable() and not character.isspace() for character in shown) else ""


class Addressed(filters.MessageFilter):
    """Whether a message is meant for the bot: always in private; in a group by name, by reply or by command."""

    def filter(self, message: Message) -> bool:
        """A bot that answered everything said in a group would be thrown out of it, and two bots would never stop."""
        if message.chat.type == Chat.PRIVATE:
            return True
        bot = message.get_bot()
        author = message.from_user
        if author is not None and author.is_bot and message.sender_chat is None:
            return False
        answered = message.reply_to_message
        if answered is not None and answered.from_user is not None and answered.from_user.id == bot.id:
            return True
        return _named(message, bot)


def _named(message: Message, bot: Bot) -> bool:
    kinds: list[str | None] = [MessageEntity.MENTION, MessageEntity.TEXT_MENTION, MessageEntity.BOT_COMMAND]
    found = {**message.parse_entities(kinds), **message.parse_caption_entities(kinds)}
    name = f"@{bot.username}".lower()
    return any(
        (entity.user is not None and entity.user.id == bot.id)
        or (entity.type == MessageEntity.MENTION and text.lower() == name)
        or (entity.type == MessageEntity.BOT_COMMAND and text.lower().endswith(name))
        for entity, text in found.items()
    )
