"""A question and its history -> an Answer that grows. With a language model or without one.

The model words what was found; it decides nothing. Whether there is an answer is decided before it is called, which
passages it may cite is decided by code, and whatever goes wrong with it (slow, down, empty, rambling, another language)
ends in the answer without a model.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from datetime import date
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot import languages
from bot.characters import clean
from bot.citations import Answer, resolve
from bot.followups import Turn
from bot.grounding import sift
from bot.library import Library
from bot.passages import Passage
from bot.prompts import Prompts
from bot.replies import Reply, asked_in, look_up
from bot.texts import say, supported

OFFERED = 6  # passages a model sees
LONGEST = 2_000  # characters of a question that are looked at
RAMBLING = 4_000  # characters after which a model's answer is given up
TURNS = 2  # of the history that are looked at
NOT_KNOWN = "NOT_KNOWN"  # what the prompt tells the model to write
LANGUAGE_NAMES = {"ko": "Korean (polite 합니다체)", "en": "English", "de": "German (Sie)"}

_LINK = re.compile(
    r"(?<![\w.])@[a-z]\w{4,}|(?:[a-z]{2,10}://|\bwww\.|\b[\w-]+\.[a-z]{2,}/)(?:[^\s<>()\[\]\"“”]*[^\s<>()\[\]\"“”'’.,;:!?])?",
    re.IGNORECASE,
)

logger = logging.getLogger(__name__)


class Assistant:
    """Answers from ``library``; with ``model`` in its words, within ``timeout`` seconds, else in the documents'."""

    def __init__(
        self,
        library: Library,
        prompts: Prompts,
        model: BaseChatModel | None = None,
        *,
        timeout: float = 30.0,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._prompts = prompts
        self._model = model
        self._timeout = timeout
        self._today = today

    async def answer(
        self, question: str, history: Sequence[Turn] = (), language: str | None = None
    ) -> AsyncIterator[Answer]:
        """The answer, each value holding the whole text so far; the last one has ``done=True``.

        ``history`` is what this visitor asked and was answered before, oldest first. ``language`` is what the answer
        shall be in; None takes the question's. Raises LibraryError if there is no index.
        """
        question = clean(question).strip()[:LONGEST]
        history = [(clean(before)[:LONGEST], clean(said)[:RAMBLING]) for before, said in history[-TURNS:]]
        speaks = supported(language or asked_in(question, history))
        if not question:
            yield Answer(say(speaks, "answers.empty"), speaks, answered=False)
            return
        found = await asyncio.to_thread(look_up, self._library, question, history, speaks, self._today())
        if not found.answer.answered or self._model is None:
            yield found.answer
            return
        async for answer in self._in_words(self._model, question, history, speaks, found):
            yield answer

    async def _in_words(
        self, model: BaseChatModel, question: str, history: Sequence[Turn], language: str, found: Reply
    ) -> AsyncIterator[Answer]:
        """The model's answer as it grows; at last the checked one, or the one without a model."""
        offered = found.passages[:OFFERED]
        text = ""
        try:
            async with asyncio.timeout(self._timeout):
                async for piece in model.astream(self._messages(question, history, language, offered)):
                    text += _text(piece.content)
                    if len(text) > RAMBLING or _foreign_link(text, offered):
                        break
                    if text.strip() and not _giving_up(text):
                        shown, citations = resolve(text, offered)
                        yield Answer(shown, language, citations, done=False)
        except Exception as error:  # noqa: BLE001 - whatever a provider raises, the visitor gets an answer
            logger.warning("The language model failed (%s); answering without it.", type(error).__name__)
            text = ""
        text = clean(text)
        shown, citations = resolve(text, offered)
        good = bool(citations) and len(text) <= RAMBLING and NOT_KNOWN not in text
        good = good and not _foreign_link(text, offered)
        if not good or supported(languages.of_answer(shown, language)) != language:
            yield found.answer
            return
        kept, dropped = await asyncio.to_thread(sift, text, offered, self._library.glossary(), question)
        whole = len(shown)
        if dropped:
            logger.info("%d sentences of the model's answer say what their passages do not", len(dropped))
            shown, citations = resolve(kept, offered)
        if not citations or len(shown) * 2 < whole:  # too little is left
            yield found.answer
            return
        yield Answer(shown, language, citations)

    def _messages(
        self, question: str, history: Sequence[Turn], language: str, offered: Sequence[Passage]
    ) -> list[BaseMessage]:
        passages = "\n\n".join(
            f"[{n}] {passage.title} ({passage.where}), as of {passage.as_of or 'unknown'}:\n{passage.text}"
            for n, passage in enumerate(offered, 1)
        )
        rules = self._prompts.fill(
            "answer",
            fair=self._library.about().name_in("en") or "the fair",
            language=LANGUAGE_NAMES[language],
            today=self._today().isoformat(),
            passages=passages,
        )
        turns: list[BaseMessage] = []
        for before, answer in history:
            turns += [HumanMessage(before), AIMessage(answer)]
        return [SystemMessage(rules), *turns, HumanMessage(question)]


def _giving_up(text: str) -> bool:
    """Whether the text says NOT_KNOWN, or may be about to."""
    return NOT_KNOWN in text or any(text.rstrip().endswith(NOT_KNOWN[:n]) for n in range(1, len(NOT_KNOWN)))


def _foreign_link(text: str, offered: Sequence[Passage]) -> bool:
    """Whether the model links to something that no passage links to: its own invention, or somebody's injection."""
    return any(not any(link in passage.text for passage in offered) for link in _LINK.findall(text))


def _text(content: str | list[Any]) -> str:
    """The text of a piece of a model's message; providers give a string or a list of typed parts."""
    if isinstance(content, str):
        return content
    return "".join(part if isinstance(part, str) else str(part.get("text", "")) for part in content)
