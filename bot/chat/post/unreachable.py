"""What is done when a visitor has blocked the bot: it is noted, and whoever waits for the visitor is told."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from telegram import Chat, ChatMember, Update

from bot.chat.post.letters import Message
from bot.chat.staff.cards import brief, language_in
from bot.chat.styled import Styled
from bot.meetings import Meeting, Refused
from bot.store import Store, StoreError
from bot.store.outbox import Letter
from bot.texts import say

logger = logging.getLogger(__name__)

KIND = "unreachable"


class Unreachable:
    """Keeps what is known about whom the bot can write to; renders the word to the team."""

    kinds = (("team", KIND),)

    def __init__(self, store: Store) -> None:
        self._store = store

    def told(self, letter: Letter, now: datetime) -> None:
        """The letter could not reach its visitor: its team is told, once for each meeting or inquiry."""
        self._store.people.set_reachable(int(letter.receiver), False)
        team_id, _ = self._subject(letter.subject_id)
        team = self._store.pavilion.team(team_id)
        if team is not None and team.chat_id:
            key = f"{KIND}:{letter.subject_id}"
            self._store.outbox.put(KIND, "team", str(team.chat_id), letter.subject_id, key, now)

    def heard(self, update: Update) -> None:
        """Whoever writes or presses can be written to; whoever blocks the bot says so as well. It was answered already."""
        chat, user = update.effective_chat, update.effective_user
        if chat is None or user is None or chat.type != Chat.PRIVATE:
            return
        change = update.my_chat_member
        reachable = change is None or change.new_chat_member.status != ChatMember.BANNED
        try:
            if self._store.people.is_reachable(user.id) != reachable:
                self._store.people.set_reachable(user.id, reachable)
        except StoreError:
            logger.exception("whether a visitor can be written to could not be noted")

    async def render(self, letter: Letter) -> Message | None:
        """A line for the team: whom it is waiting for in vain."""
        return await asyncio.to_thread(self._worded, letter)

    def _worded(self, letter: Letter) -> Message | None:
        team_id, meeting = self._subject(letter.subject_id)
        language = language_in(self._store, int(letter.receiver), self._store.pavilion.members(team_id))
        if meeting is None:
            return Message(Styled(say(language, "notices.unreachable_inquiry", reference=letter.subject_id)))
        return Message(Styled(say(language, "notices.unreachable")) + "\n" + brief(meeting, language))

    def _subject(self, subject_id: str) -> tuple[str, Meeting | None]:
        """Whose it is, and the meeting, where it is one; an inquiry has only its number."""
        try:
            meeting = self._store.agenda.meeting(subject_id)
            return meeting.slot.team_id, meeting
        except Refused:
            pass
        try:
            return self._store.inquiries.inquiry(subject_id).team_id, None
        except Refused:
            return "", None
