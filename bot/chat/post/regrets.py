"""Regrets: what is said because something went wrong or is too much, and belongs to no meeting and no inquiry."""

from __future__ import annotations

import asyncio

from bot.chat.post.letters import Message
from bot.chat.staff.cards import language_in
from bot.chat.styled import Styled
from bot.store import Store
from bot.store.inbox import PER_CHAT
from bot.store.outbox import Letter
from bot.texts import say


class Regrets:
    """Renders them in the language that the visitor chose, else in that of their Telegram."""

    kinds = (("visitor", "sorry"), ("visitor", "flood"), ("visitor", "busy"), ("team", "poison"))

    def __init__(self, store: Store) -> None:
        self._store = store

    async def render(self, letter: Letter) -> Message | None:
        """The message, or None where there is nothing to regret any more."""
        return await asyncio.to_thread(self._worded, letter)

    def _worded(self, letter: Letter) -> Message | None:
        chat, reference = int(letter.receiver), letter.details["reference"]
        if letter.kind == "poison":
            language = language_in(self._store, chat, self._store.pavilion.members())
            return Message(Styled(say(language, "notices.poison", reference=reference)))
        if letter.kind == "busy" and not self._store.inbox.waits(chat):
            return None
        language = self._store.language_of(chat) or letter.details["language"]
        key = {"sorry": "chat.sorry", "flood": "chat.flood", "busy": "chat.busy"}[letter.kind]
        return Message(Styled(say(language, key, reference=reference, most=PER_CHAT)))
