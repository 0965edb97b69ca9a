"""Reception: the first words, help, and kind words for what we cannot read."""

from __future__ import annotations

import asyncio
import logging
from collections import deque

from telegram import ChatMember, ChatMemberUpdated, Update

from bot.about import About
from bot.chat import knowledge
from bot.chat.asides import Asides
from bot.chat.buttons import question_buttons
from bot.chat.knowledge import Knowledge
from bot.chat.questions import Questions
from bot.chat.sending import Sender
from bot.chat.styled import BOLD, Styled, line, plain
from bot.chat.visitors import Visitors, place_of
from bot.texts import say

logger = logging.getLogger(__name__)


class Reception:
    """Meets whoever comes in."""

    def __init__(
        self, library: Knowledge, visitors: Visitors, sender: Sender, questions: Questions, asides: Asides
    ) -> None:
        self._asides = asides
        self._library = library
        self._visitors = visitors
        self._sender = sender
        self._questions = questions
        self._albums: deque[str] = deque(maxlen=200)

    async def greet(self, update: Update, _context: object) -> None:
        """/start: who we are and what people ask most; with a deep link, straight to its subject."""
        place, message = place_of(update), update.message
        if place is None or message is None:
            return
        payload = (message.text or "").partition(" ")[2].strip()
        if await self._asides.follow(update, place, payload):
            return
        language = await self._visitors.language(update)
        fair = await knowledge.about(self._library)
        subject = await self._subject(payload, language)
        if subject:
            await self._sender.send(place, headed(fair, language, say(language, "chat.welcome")))
            await self._questions.pose(update, place, say(language, "chat.about_subject", subject=subject), language)
            return
        buttons = question_buttons(fair.questions_in(language), language)
        await self._sender.send(place, headed(fair, language, say(language, "chat.greeting")), buttons)

    async def explain(self, update: Update, _context: object) -> None:
        """/help: what can be asked and how, and how to reach a person."""
        place = place_of(update)
        if place is None:
            return
        language = await self._visitors.language(update)
        fair = await knowledge.about(self._library)
        text = say(language, "chat.help")
        if contact := plain(fair.contact_in(language)).strip():
            text += "\n\n" + say(language, "chat.contact", contact=contact)
        buttons = question_buttons(fair.questions_in(language), language)
        await self._sender.send(place, headed(fair, language, text), buttons)

    async def hint(self, update: Update, _context: object) -> None:
        """A command we do not have."""
        await self._say(update, "chat.unknown_command")

    async def decline(self, update: Update, _context: object) -> None:
        """A photo, a voice message, a file: only text is understood. Ten photos sent together get one sentence."""
        album = update.message.media_group_id if update.message else None
        if album in self._albums:
            return
        if album:
            self._albums.append(album)
        await self._say(update, "chat.only_text")

    async def join(self, update: Update, _context: object) -> None:
        """Added to a group: one line that says how to ask here. Blocked or removed: nothing is owed."""
        change, place = update.my_chat_member, place_of(update)
        if change is None or place is None or place.private or not _came_in(change):
            return
        language = await self._visitors.language(update)
        fair = await knowledge.about(self._library)
        text = say(language, "chat.joined", mention=f"@{self._sender.bot.username}")
        await self._sender.send(place, headed(fair, language, text))

    async def _subject(self, payload: str, language: str) -> str | None:
        """What a deep link is about. Anybody can make one, so only names the glossary knows are repeated."""
        if not payload:
            return None
        try:
            found = await asyncio.to_thread(self._library.entity, payload[:64], language)
        except Exception:
            logger.exception("a deep link could not be looked up, greeting instead")
            return None
        return line(found) if found else None

    async def _say(self, update: Update, key: str) -> None:
        place = place_of(update)
        if place is not None:
            await self._sender.send(place, say(await self._visitors.language(update), key))


def headed(fair: About, language: str, text: str) -> Styled:
    """``text`` under the fair's name. A headline fits every name; no sentence does, in three languages."""
    name = line(fair.name_in(language))
    return Styled(name).wrapped(BOLD) + f"\n\n{text}" if name else Styled(text)


def _came_in(change: ChatMemberUpdated) -> bool:
    inside = {ChatMember.MEMBER, ChatMember.ADMINISTRATOR, ChatMember.OWNER, ChatMember.RESTRICTED}
    return change.old_chat_member.status not in inside and change.new_chat_member.status in inside
