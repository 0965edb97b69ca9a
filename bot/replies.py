"""A question and its history -> the answer without a model, and the passages that a model may word one from.

Here the other modules meet: the question as it was meant, search, the statements that fit, and the decision whether
they answer. What is composed is verbatim from the documents.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot import extracts, languages
from bot.citations import Answer
from bot.decision import LEAD, NEARER, Evidence, answers, asked, fits, misses_narrowly, stays_open, together
from bot.declining import Reason, declined
from bot.expectations import MEASURABLE, Kind, asked_for, compares
from bot.extracts import Finding
from bot.followups import Turn, standalone
from bot.glossary import Entity
from bot.library import MARK, Library
from bot.passages import Passage, Source
from bot.premises import asks_whether, contradicted
from bot.texts import say

FOUND = 24  # passages looked for
TOLD = 2  # statements that go with a refusal
TWIN = 0.82  # cosine from which a statement in another language says the same
OPEN = 0.6  # of the question's idf mass; an answer that holds less is looked further for
NAMED, FURTHER = 3, 4  # names to look further with, passages for each


@dataclass(frozen=True)
class Reply:
    """The answer without a model, and the passages that a model may word it from, the best first."""

    answer: Answer
    passages: tuple[Passage, ...] = ()


def look_up(library: Library, question: str, history: Sequence[Turn], language: str, today: date) -> Reply:
    """Search, decide, and compose the answer without a model."""
    return _LookUp(library, question, history, language, today).reply()


def asked_in(question: str, history: Sequence[Turn]) -> str:
    """The language of a question; of the one before it where nothing tells."""
    before = history[-1][0] if history else ""
    return languages.of_question(question, languages.of_question(before, "en"))


class _LookUp:
    """One question on its way."""

    def __init__(self, library: Library, question: str, history: Sequence[Turn], language: str, today: date) -> None:
        self._library = library
        self._language = language
        self._reason = declined(question)
        question = languages.without_wish(question) or question
        question = library.meant(question, asked_in(question, history))
        names = library.glossary()
        self._full = standalone(question, history, bool(names.find(question)))
        self._searched_in = languages.of_question(self._full, language)
        rare = library.rare_names(self._full, self._searched_in)
        nameless = names.without_names(self._full)
        self._pins = asked(self._full, _telling(names.find(self._full)), rare, today, nameless)
        self._pins = replace(self._pins, whether=asks_whether(self._full))
        # A follow-up's "where" takes the place of the "when" before it.
        self._wanted: frozenset[Kind] = asked_for(question)
        if self._wanted:
            self._pins = replace(self._pins, kinds=self._wanted & MEASURABLE)
        self._hits = library.search(self._full, FOUND, self._searched_in)
        self._findings = extracts.find(self._full, self._hits, library, language, self._wanted)

    def reply(self) -> Reply:
        """The answer, or what is said instead of one."""
        good = self._good()
        known = [finding for finding in good if finding.statement.passage.known]
        if known and known[0].language != self._language and (twin := self._twin(known[0])):
            known.insert(0, twin)
        unknown = next((finding for finding in good if not finding.statement.passage.known), None)
        if self._reason:
            return Reply(self._declined(self._reason, known))
        if unknown and self._stays_open(unknown, known):
            return Reply(self._open_question(unknown))
        if not known:
            return Reply(self._unknown())
        chosen = self._chosen(known[0])
        alike = [one for one in chosen if one.named >= chosen[0].named]
        if contradicted(self._full, [one.statement.text for one in alike]):
            return Reply(self._refused("declined.premise", chosen))
        text, citations = extracts.compose(chosen)
        if chosen[0].language != self._language:
            text = f"{say(self._language, 'answers.other_language')}\n\n{text}"
        passages = [finding.statement.passage for finding in (*chosen, *known)] + [hit.passage for hit in self._hits]
        return Reply(Answer(text, self._language, citations), tuple(dict.fromkeys(passages)))

    def _twin(self, foreign: Finding) -> Finding | None:
        """What says the same as ``foreign`` in the visitor's language, by the same source; None where nothing does."""
        said = foreign.statement.text
        hits = [hit for hit in self._library.search(said, FOUND) if hit.passage.language == self._language]
        found = extracts.find(said, hits[:FURTHER], self._library, self._language)
        own = [one for one in found if one.statement.passage.known and _sources(one) & _sources(foreign)]
        twin = max(own, key=foreign.cosine, default=None)
        if twin is None or twin.cosine(foreign) < TWIN:
            return None
        beside = [one for one in found if one.statement.passage == twin.statement.passage]
        self._findings = [*beside, *self._findings]
        return twin

    def _chosen(self, best: Finding) -> list[Finding]:
        told = [finding for finding in self._findings if finding.statement.passage.known]
        wanted = self._wanted or asked_for(self._full)
        chosen = extracts.select(best, told, wanted, table=compares(self._full))
        return chosen + self._beyond(chosen, wanted)

    def _beyond(self, chosen: Sequence[Finding], wanted: frozenset[Kind]) -> list[Finding]:
        """What a second search finds on what the first one named: "the company that …" is asked for by what it did.

        Only where much of the question is still open; then with each name that the best statement brought in.
        """
        if sum({word: one.held[word] for one in chosen for word in one.held}.values()) > OPEN:
            return []
        names = self._library.glossary()
        asked_for_already = {entity.id for entity in names.find(self._full)}
        brought = [one for one in names.find(chosen[0].statement.text) if one.id not in asked_for_already]
        beyond: list[Finding] = []
        for entity in [one for one in brought if one.kind != "city"][:NAMED]:
            query = f"{entity.name_in(self._searched_in)} {self._full}"
            hits = self._library.search(query, FURTHER, self._searched_in)
            found = extracts.find(query, hits, self._library, self._language, wanted)
            on_it = [one for one in found if one.language == chosen[0].language and entity.id in one.named]
            texts = [(one.statement.text, one.language) for one in on_it]
            weighed = self._library.weigh(self._full, texts, self._searched_in)
            candidates = [replace(one, held=words) for one, words in zip(on_it, weighed, strict=True)]
            completing = extracts.completing(candidates, (*chosen, *beyond), wanted)
            if completing:
                beyond.append(completing)
        return beyond

    def _good(self) -> list[Finding]:
        """The findings that answer.

        Those in another language than the question's cannot be checked for its words. So they count only where they
        are clearly nearer to it than all that the documents say in its own; or where the visitor chose that language.
        """
        evidence = [(finding, self._evidence(finding)) for finding in self._findings]
        nearest = max((one.similarity for _, one in evidence if one.same_language), default=0.0)
        evidence = [
            (finding, one)
            for finding, one in evidence
            if one.same_language or finding.language == self._language or one.similarity > nearest + NEARER
        ]
        # A passage that says that the date is not known holds no date.
        lenient = replace(self._pins, kinds=frozenset())
        good = [
            finding
            for finding, one in evidence
            if answers(self._pins if finding.statement.passage.known else lenient, one)
        ]
        answering = next((finding for finding in good if finding.statement.passage.known), None)
        if answering:
            top, best = evidence[0]
            narrowly = misses_narrowly(self._pins, best, top.fit, answering.fit)
            return [one for one in good if not one.statement.passage.known] if narrowly else good
        # Nothing meets all that is asked for; but what is put together may.
        for finding, one in evidence[:1]:
            if finding.statement.passage.known and fits(one):
                chosen = [self._evidence(part) for part in self._chosen(finding)]
                if together(self._pins, chosen):
                    return [finding, *good]
        return good

    def _stays_open(self, unknown: Finding, known: Sequence[Finding]) -> bool:
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
        asked_words = self._library.words(self._library.glossary().without_names(self._full), self._searched_in)
        return stays_open(self._pins, asked_words, topic, said)

    def _evidence(self, finding: Finding) -> Evidence:
        passage = finding.statement.passage
        return Evidence(
            text=passage.embedded,
            similarity=finding.similarity,
            standout=finding.hit.standout,
            coverage=finding.coverage,
            attribute=finding.hit.attribute,
            same_language=passage.language == self._searched_in,
            entities=frozenset(entity.id for entity in self._library.glossary().find(passage.embedded)),
            holds=finding.holds,
            own=" ".join((passage.title, *passage.headings, finding.statement.text)),
            says=_share(finding.held),
        )

    def _open_question(self, unknown: Finding) -> Answer:
        """What the documents say is not known: their own words, in the order they stand in."""
        passage = unknown.statement.passage
        own = sorted(
            (finding for finding in self._findings if finding.statement.passage == passage),
            key=lambda finding: finding.statement.start,
        )
        text, citations = extracts.compose(own[: extracts.MOST])
        return Answer(text, self._language, citations, answered=False)

    def _unknown(self) -> Answer:
        """That nothing is known, the nearest thing that is, and whom to ask."""
        nearest = [one for one in self._findings if one.statement.passage.known][:1]
        return self._refused("answers.unknown", nearest, "answers.nearest")

    def _declined(self, reason: Reason, known: Sequence[Finding]) -> Answer:
        """Why it is not answered; with advice, what is known on the matter. Of persons nothing at all."""
        told = self._chosen(known[0])[:TOLD] if known and reason != "private" else []
        return self._refused(f"declined.{reason}", told, "declined.known")

    def _refused(self, key: str, told: Sequence[Finding], opening: str = "") -> Answer:
        parts = [say(self._language, key)]
        text, citations = extracts.compose(told)
        if text:
            parts.append(f"{say(self._language, opening)} {text}" if opening else text)
        if contact := self._library.about().contact_in(self._language):
            parts.append(say(self._language, "answers.contact", contact=contact))
        return Answer("\n\n".join(parts), self._language, citations, answered=False)


def _sources(finding: Finding) -> frozenset[Source]:
    passage, statement = finding.statement.passage, finding.statement
    return frozenset(passage.sources_of(statement.start, statement.end))


def _share(held: Mapping[str, float]) -> float:
    """The weight of the words that are no names."""
    return sum(weight for word, weight in held.items() if not word.startswith(MARK))


def _telling(entities: Sequence[Entity]) -> Iterable[str]:
    """The entities that pin a question down. The city is named in every second sentence and pins nothing down."""
    return (entity.id for entity in entities if entity.kind != "city")
