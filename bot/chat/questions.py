"""Asking: by text, by one of the offered questions, by a deep link. All go the same way."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import timedelta
from typing import Protocol

from telegram import InlineKeyboardButton, Update

from bot.chat import formatting, knowledge
from bot.chat.buttons import QUESTION, rating_buttons, toast
from bot.chat.knowledge import Knowledge
from bot.chat.limits import Gate
from bot.chat.sending import Sender
from bot.chat.splitting import split
from bot.chat.streaming import show, stage_for
from bot.chat.styled import BOLD, Styled, joined, line
from bot.chat.visitors import Place, Visitors, place_of, question_in
from bot.chat.work import background, current
from bot.citations import Answer
from bot.store import Turn
from bot.texts import say

logger = logging.getLogger(__name__)

PRESSED_TWICE = timedelta(seconds=10)


class Assistant(Protocol):
    """Answers questions; ``bot.answers.Assistant`` fits as it is."""

    def answer(
        self, question: str, history: Sequence[tuple[str, str]] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        """The growing answer; the last value is the whole one."""


class Offer(Protocol):
    """What else may stand under an answer than its thumbs."""

    async def under(self, place: Place, question: str, answer: Answer) -> Sequence[InlineKeyboardButton]:
        """The buttons that this answer suggests; mostly none. It never raises: the answer comes first."""


class Questions:
    """From a visitor's words to an answer with its sources and thumbs under it."""

    def __init__(
        self,
        assistant: Assistant,
        library: Knowledge,
        visitors: Visitors,
        sender: Sender,
        new_id: Callable[[], str],
        offers: Sequence[Offer],
        gate: Gate,
    ) -> None:
        self._offers = offers
        self._gate = gate
        self._assistant = assistant
        self._library = library
        self._visitors = visitors
        self._sender = sender
        self._new_id = new_id

    async def ask(self, update: Update, _context: object) -> None:
        """Answer what the visitor wrote."""
        place, message = place_of(update), update.message
        if place is None or message is None:
            return
        question = question_in(message)
        if not question:
            await self._sender.send(place, say(await self._visitors.language(update), "answers.empty"))
            return
        await self.answer(update, place, question, await self._visitors.chosen(update))

    async def choose(self, update: Update, _context: object) -> None:
        """Answer one of the offered questions."""
        query, place = update.callback_query, place_of(update)
        match = re.fullmatch(QUESTION, (query.data or "") if query else "")
        if query is None or place is None or match is None:
            return
        language, index = match[1], int(match[2])
        spoken = await self._visitors.language(update)
        questions = (await knowledge.about(self._library)).questions_in(language)
        if index >= len(questions):  # staff changed them since the button was sent
            await toast(query, say(spoken, "buttons.retired"))
            return
        if self._just_answered(line(questions[index])):
            await toast(query, say(spoken, "chat.just_answered"))
            return
        await toast(query)
        await self.pose(update, place, questions[index], await self._visitors.chosen(update) or language)

    async def pose(self, update: Update, place: Place, question: str, language: str) -> None:
        """Answer a question the visitor did not type, showing it first so that the chat can be read later."""
        await self._sender.send(place, Styled(f"❓ {line(question)}").wrapped(BOLD))
        await self.answer(update, place, line(question), language)

    async def answer(self, update: Update, place: Place, question: str, language: str | None) -> None:
        """Show the growing answer, then leave behind what a follow-up, a rating or staff will need."""
        if not await self._gate.may_ask(update, place):
            return
        now = self._sender.clock.now()
        history = [(turn.question, turn.answer) for turn in background().turns]
        stage = stage_for(place, self._sender, draft_id=update.update_id or 1)
        answer = await show(self._assistant.answer(question, history, language), stage, self._sender)
        answer_id = self._new_id()
        parts = formatting.messages(answer, now.date())
        if not parts:
            raise RuntimeError("the assistant's answer has no text")
        work = current.get()
        if work is not None and work.late:
            parts = split(joined([Styled(say(answer.language, "chat.late")), *parts], "\n\n"))
        offered = [button for offer in self._offers for button in await offer.under(place, question, answer)]
        await stage.finish(parts, rating_buttons(answer_id, beside=offered))
        if work is not None:  # kept in the transaction that notes that it is done
            at, said = self._sender.clock.now(), (question, answer.text, answer.language, answer.generation)
            work.turn = Turn(answer_id, place.chat_id, *said, at), answer.answered

    def _just_answered(self, question: str) -> bool:
        """A second press of the same button waits behind the first: by now its answer stands there."""
        since = self._sender.clock.now() - PRESSED_TWICE
        return any(turn.question == question and turn.at > since for turn in background().turns[-1:])
