"""Threads: whether a text is what a conversation asked for, a wish for a meeting, or a question.

A conversation that waits for somebody's words keeps a draft in the store, so it survives a restart. Whoever asks a
question in the middle gets an answer, and is then reminded of where they were: nothing is lost by being curious.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Protocol

from telegram import Update

from bot.chat.questions import Questions
from bot.chat.sending import Sender
from bot.chat.visitors import Place, place_of, question_in
from bot.chat.work import background
from bot.store import Draft, Store

FORGOTTEN = timedelta(hours=24)  # a draft left alone for longer is not come back to


class Conversation(Protocol):
    """Fills in a draft of its kind."""

    async def hear(self, update: Update, place: Place, draft: Draft, text: str) -> bool:
        """Take the text as what was asked for. False where it is something else: a question, or meant for elsewhere."""

    async def remind(self, update: Update, place: Place, draft: Draft) -> None:
        """Say again what is asked for, after a question in the middle was answered."""


class Listener(Protocol):
    """Recognises in words what there is also a button for."""

    async def hear(self, update: Update, place: Place, text: str) -> bool:
        """Act on the text if it is meant for this; say whether it was."""


class Threads:
    """Every text that is no command comes here first."""

    def __init__(
        self,
        store: Store,
        sender: Sender,
        questions: Questions,
        conversations: Mapping[str, Conversation],
        listeners: tuple[Listener, ...] = (),
    ) -> None:
        self._store = store
        self._sender = sender
        self._questions = questions
        self._conversations = conversations
        self._listeners = listeners

    async def hear(self, update: Update, context: object) -> None:
        """Find out what the text is, and let whoever it is for have it."""
        place, message, user = place_of(update), update.message, update.effective_user
        if place is None or message is None or user is None:
            return
        text = question_in(message)
        draft = self._lately(background().draft)
        conversation = self._conversations.get(draft.kind) if draft else None
        if text and draft and conversation and await conversation.hear(update, place, draft, text):
            return
        for listener in self._listeners if text else ():
            if await listener.hear(update, place, text):
                return
        await self._questions.ask(update, context)
        if draft is None or not place.private:  # a question begins no draft
            return
        still = await self._draft(user.id)
        if still and still.kind in self._conversations:
            await self._conversations[still.kind].remind(update, place, still)

    async def _draft(self, user_id: int) -> Draft | None:
        return self._lately(await asyncio.to_thread(self._store.people.draft, user_id))

    def _lately(self, draft: Draft | None) -> Draft | None:
        if draft is None or draft.at is None or draft.at < self._sender.clock.now() - FORGOTTEN:
            return None
        return draft


_ASKS = re.compile(
    r"[?？]\s*$"
    r"|(?:나요|까요|인가요|은가요|는지요|습니까|입니까|알려\s*주세요|알려줘|궁금해요|궁금합니다)[.!~\s]*$"
    r"|^(?:what|who|whom|whose|when|where|which|why|how|is|are|does|do|did|can|could|was|were"
    r"|was|wer|wen|wem|wann|wo|woher|wohin|welche[rsmn]?|warum|wieso|wie|ist|sind|hat|haben|kann|können|gibt)\b",
    re.IGNORECASE,
)
_STOPPING = frozenset("stop cancel quit abbrechen abbruch stopp 그만 취소 그만할게요 그만두기 취소할게요".split())


def is_stop(text: str) -> bool:
    """Whether somebody who is asked something has had enough of it."""
    return text.casefold().strip(" .!") in _STOPPING


def is_question(text: str) -> bool:
    """Whether somebody who was asked for a name or a topic asks something back instead."""
    return bool(_ASKS.search(text.strip()))


_AGREED = r"(?:i )?agreed?|i do|ok(?:ay)?|(?:ich bin )?einverstanden|ich (?:stimme zu|willige ein)|동의(?:합니다|해요|할게요|함)?"
_YES = re.compile(rf"\W*(?:(?:yes|sure|ja|네|예)(?:\W+(?:{_AGREED}))?|{_AGREED})\W*", re.IGNORECASE)


def agrees(text: str) -> bool:
    """Whether somebody who was asked to agree writes yes instead of pressing the button."""
    return bool(_YES.fullmatch(text))
