"""A question and its history -> an Answer that grows. With a language model or without one.

The model words what was found; it decides nothing. Whether there is an answer is decided before it is called, which
passages it may cite is decided by code, and what these do not say, or a text in another language, goes back to it once.
Whatever else goes wrong with it (slow, down, empty, rambling), and a second try no better than the first, ends in what
is left of the first, or in the answer without a model.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot import languages, metrics
from bot.characters import clean
from bot.citations import Answer, resolve
from bot.followups import Turn
from bot.grounding import claimed, sift, unsupported
from bot.guarded import Model
from bot.library import Library
from bot.opinions import Opinion
from bot.passages import Passage
from bot.prompts import Prompts
from bot.replies import Reply, asked_in, look_up
from bot.texts import say, supported

OFFERED = 6  # passages a model sees
LONGEST = 2_000  # characters of a question that are looked at
RAMBLING = 4_000  # characters after which a model's answer is given up
TURNS = 2  # of the history that are looked at
NOT_KNOWN = "NOT_KNOWN"  # what the prompt tells the model to write
NOTHING = "(nothing: only its language is wrong)"
LANGUAGE_NAMES = {"ko": "Korean (polite 합니다체)", "en": "English", "de": "German (Sie)"}

_LINK = re.compile(
    r"(?<![\w.])@[a-z]\w{4,}|(?:[a-z]{2,10}://|\bwww\.|\b[\w-]+\.[a-z]{2,}/)(?:[^\s<>()\[\]\"“”]*[^\s<>()\[\]\"“”'’.,;:!?])?",
    re.IGNORECASE,
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Draft:
    """What a model wrote, checked: the answer that is left of it, if enough is, and what speaks against the rest.

    With neither there is nothing that a second try could put right.
    """

    answer: Answer | None = None
    objections: tuple[str, ...] = ()


class Assistant:
    """Answers from ``library``; with ``model`` in its words, within ``timeout`` seconds, else in the documents'.

    What the model says must pass the rules of ``bot.grounding`` and, where there is one, the second ``opinion``.
    """

    def __init__(
        self,
        library: Library,
        prompts: Prompts,
        model: Model | None = None,
        *,
        opinion: Opinion | None = None,
        timeout: float = 30.0,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._library = library
        self._prompts = prompts
        self._model = model
        self._opinion = opinion
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
        with metrics.stage("lookup"):
            found, generation = await asyncio.to_thread(self._look_up, question, history, speaks)
        if not found.answer.answered or self._model is None:
            metrics.ANSWERS.labels("extracted" if found.answer.answered else "refused").inc()
            yield replace(found.answer, generation=generation)
            return
        async for answer in self._in_words(self._model, question, history, speaks, found):
            yield replace(answer, generation=generation)

    def _look_up(self, question: str, history: Sequence[Turn], language: str) -> tuple[Reply, str]:
        found = look_up(self._library, question, history, language, self._today())
        return found, self._library.overview().generation

    async def _in_words(
        self, model: Model, question: str, history: Sequence[Turn], language: str, found: Reply
    ) -> AsyncIterator[Answer]:
        """The model's answer as it grows; at last the checked one, or the one without a model.

        What is wrong with it is told to the model, once. Its second try is not shown as it grows: the visitor would see
        the first one vanish.
        """
        offered = self._offered(found.passages, language)
        messages = self._messages(question, history, language, offered)
        final = found.answer
        try:
            async with asyncio.timeout(self._timeout):
                for again in (False, True):
                    text = ""
                    async for piece in model.astream(messages):
                        text += _text(piece.content)
                        if len(text) > RAMBLING or _foreign_link(text, offered):
                            break
                        if not again and text.strip() and not _giving_up(text):
                            shown, citations = resolve(text, offered)
                            yield Answer(shown, language, citations, done=False)
                    draft = await self._checked(clean(text), question, language, offered)
                    if draft.answer:
                        final = _with(found.remarks, draft.answer, offered)
                    if not draft.objections:
                        break
                    messages = [*messages, AIMessage(text), HumanMessage(self._again(draft, language))]
        except Exception as error:  # noqa: BLE001 - whatever a provider raises, the visitor gets an answer
            logger.warning("The language model failed (%s); answering without it.", type(error).__name__)
        metrics.ANSWERS.labels("extracted" if final is found.answer else "worded").inc()
        yield final

    def _offered(self, found: Sequence[Passage], language: str) -> list[Passage]:
        """What the model may word an answer from, in the visitor's language wherever a document has a translation.

        So it need not translate, and what it says can be checked word by word.
        """
        return list(dict.fromkeys(self._library.translated(passage, language) for passage in found))[:OFFERED]

    async def _checked(self, text: str, question: str, language: str, offered: Sequence[Passage]) -> _Draft:
        """What is left of a model's text, and what is to be said against it."""
        shown, citations = resolve(text, offered)
        if not citations or len(text) > RAMBLING or NOT_KNOWN in text or _foreign_link(text, offered):
            return _Draft()
        kept, dropped = await asyncio.to_thread(self._sifted, text, offered, question)
        if self._opinion:
            said = claimed(kept, offered)
            agreed = dict(zip(said, await self._opinion.agrees(said), strict=True))
            kept, disputed = sift(kept, offered, lambda claim: agreed[claim])
            dropped += disputed
        objections = tuple(dropped)
        if dropped:
            logger.info("%d sentences of the model's answer say what their passages do not", len(dropped))
        whole = len(shown)
        shown, citations = resolve(kept, offered)
        if supported(languages.of_answer(shown or text, language)) != language:
            logger.info("the model's answer is not in the visitor's language")
            return _Draft(objections=objections or (NOTHING,))
        enough = citations and len(shown) * 2 >= whole
        return _Draft(Answer(shown, language, citations) if enough else None, objections)

    def _sifted(self, text: str, offered: Sequence[Passage], question: str) -> tuple[str, list[str]]:
        names, words = self._library.glossary(), self._library.splitter()
        return sift(text, offered, lambda claim: not unsupported(*claim, names, question, words))

    def _again(self, draft: _Draft, language: str) -> str:
        sentences = "\n".join(f"- {sentence}" for sentence in draft.objections)
        return self._prompts.fill("again", sentences=sentences, language=LANGUAGE_NAMES[language])

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


def _with(remarks: Sequence[str], answer: Answer, offered: Sequence[Passage]) -> Answer:
    """``answer`` with our own remarks on the first passage, if it rests on that."""
    on_it = any(citation.passage == offered[0] for citation in answer.citations)
    return replace(answer, text="\n\n".join((answer.text, *remarks))) if on_it else answer


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
