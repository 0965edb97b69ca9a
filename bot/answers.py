"""A question and its history -> an Answer that grows. With a language model or without one.

The model words what was found; it decides nothing. Whether there is an answer is decided before it is called, which
passages it may cite is decided by code, and whatever goes wrong with it (slow, down, empty, rambling, another language)
ends in the answer without a model.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from bot import extracts, languages
from bot.characters import clean
from bot.citations import Answer, resolve
from bot.decision import LEAD, NEARER, Asked, Evidence, answers, asked, stays_open
from bot.expectations import MEASURABLE, asked_for
from bot.extracts import Finding
from bot.followups import Turn, standalone
from bot.glossary import Entity
from bot.library import Library
from bot.passages import Passage
from bot.prompts import Prompts
from bot.texts import say, supported

FOUND = 24  # passages looked for
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
        speaks = supported(language or _language(question, history))
        if not question:
            yield Answer(say(speaks, "answers.empty"), speaks, answered=False)
            return
        found = await asyncio.to_thread(self._look_up, question, history, speaks)
        if not found.answer.answered or self._model is None:
            yield found.answer
            return
        async for answer in self._in_words(self._model, question, history, speaks, found):
            yield answer

    def _look_up(self, question: str, history: Sequence[Turn], language: str) -> _Found:
        """Search, and compose the answer without a model."""
        glossary = self._library.glossary()
        full = standalone(question, history, bool(glossary.find(question)))
        searched_in = languages.of_question(full, language)
        names = self._library.rare_names(full, searched_in)
        pins = asked(full, _telling(glossary.find(full)), names, self._today())
        wanted = asked_for(question)  # a follow-up's "where" takes the place of the "when" before it
        if wanted:
            pins = replace(pins, kinds=wanted & MEASURABLE)
        hits = self._library.search(full, FOUND, searched_in)
        findings = extracts.find(full, hits, self._library, language, wanted)
        good = self._good(findings, pins, searched_in, language)
        known = [finding for finding in good if finding.statement.passage.known]
        unknown = next((finding for finding in good if not finding.statement.passage.known), None)
        if unknown and self._stays_open(pins, full, searched_in, unknown, known):
            return _Found(self._open_question(findings, unknown, language), ())
        if not known:
            return _Found(self._unknown(findings, language), ())
        chosen = extracts.select(known, wanted or asked_for(full))
        text, citations = extracts.compose(chosen)
        if chosen[0].language != language:
            text = f"{say(language, 'answers.other_language')}\n\n{text}"
        passages = dict.fromkeys([finding.statement.passage for finding in known] + [hit.passage for hit in hits])
        return _Found(Answer(text, language, citations), tuple(passages)[:OFFERED])

    def _good(self, findings: Sequence[Finding], pins: Asked, asked_in: str, language: str) -> list[Finding]:
        """The findings that answer.

        Those in another language than the question's cannot be checked for its words. So they count only where they
        are clearly nearer to it than all that the documents say in its own; or where the visitor chose that language.
        """
        evidence = [(finding, self._evidence(finding, asked_in)) for finding in findings]
        nearest = max((one.similarity for _, one in evidence if one.same_language), default=0.0)
        evidence = [
            (finding, one)
            for finding, one in evidence
            if one.same_language or finding.language == language or one.similarity > nearest + NEARER
        ]
        # A passage that says that the date is not known holds no date.
        lenient = replace(pins, kinds=frozenset())
        return [
            finding for finding, one in evidence if answers(pins if finding.statement.passage.known else lenient, one)
        ]

    def _stays_open(
        self, pins: Asked, question: str, language: str, unknown: Finding, known: Sequence[Finding]
    ) -> bool:
        """Whether what the documents say is not known is what was asked, rather than the best of what is known."""
        if not known:
            return True
        if unknown.fit < known[0].fit - extracts.BEHIND:
            return False
        if unknown.fit > known[0].fit + LEAD:
            return True
        passage, best = unknown.statement.passage, known[0].statement
        topic = self._library.words(passage.headings[-1] if passage.headings else passage.text, passage.language)
        said = self._library.words(" ".join((*best.passage.headings, best.text)), best.passage.language)
        asked_words = self._library.words(self._library.glossary().without_names(question), language)
        return stays_open(pins, asked_words, topic, said)

    def _evidence(self, finding: Finding, language: str) -> Evidence:
        passage = finding.statement.passage
        return Evidence(
            text=passage.embedded,
            similarity=finding.similarity,
            standout=finding.hit.standout,
            coverage=finding.coverage,
            attribute=finding.hit.attribute,
            same_language=passage.language == language,
            entities=frozenset(entity.id for entity in self._library.glossary().find(passage.embedded)),
            holds=finding.holds,
        )

    def _open_question(self, findings: Sequence[Finding], unknown: Finding, language: str) -> Answer:
        """What the documents say is not known: their own words, in the order they stand in."""
        passage = unknown.statement.passage
        own = sorted(
            (finding for finding in findings if finding.statement.passage == passage),
            key=lambda finding: finding.statement.start,
        )
        text, citations = extracts.compose(own[: extracts.MOST])
        return Answer(text, language, citations, answered=False)

    def _unknown(self, findings: Sequence[Finding], language: str) -> Answer:
        """That nothing is known, the nearest thing that is, and whom to ask."""
        parts = [say(language, "answers.unknown")]
        nearest, citations = extracts.compose([one for one in findings if one.statement.passage.known][:1])
        if nearest:
            parts.append(f"{say(language, 'answers.nearest')} {nearest}")
        if contact := self._library.about().contact_in(language):
            parts.append(say(language, "answers.contact", contact=contact))
        return Answer("\n\n".join(parts), language, citations, answered=False)

    async def _in_words(
        self, model: BaseChatModel, question: str, history: Sequence[Turn], language: str, found: _Found
    ) -> AsyncIterator[Answer]:
        """The model's answer as it grows; at last the checked one, or the one without a model."""
        offered = found.passages
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
        if not good or supported(languages.detect(shown, language)) != language:
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


@dataclass(frozen=True)
class _Found:
    """The answer without a model, and the passages that a model may word it from, the best first."""

    answer: Answer
    passages: tuple[Passage, ...]


def _telling(entities: Sequence[Entity]) -> Iterable[str]:
    """The entities that pin a question down. The city is named in every second sentence and pins nothing down."""
    return (entity.id for entity in entities if entity.kind != "city")


def _language(question: str, history: Sequence[Turn]) -> str:
    before = history[-1][0] if history else ""
    return languages.of_question(question, languages.of_question(before, "en"))


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
