"""Which of the statements that were found answer the question, and whether any does.

Rules say what must be met (``bot/decision.py``); whether what meets it is enough of an answer is weighed
(``bot/clues.py``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from bot import attributes, extracts, measures
from bot.clues import OPINIONS, THRESHOLD, Clues, likelihood, read, stands_out, unmet
from bot.decision import LEAD, NEARER, YEAR, Asked, Evidence, answers, fits, misses_narrowly, stays_open, together
from bot.expectations import Kind, asked_for, compares
from bot.extracts import Finding
from bot.followups import asking
from bot.hits import Hit
from bot.library import MARK, Library
from bot.passages import Passage
from bot.premises import asks_openly

NEAR = 2.0  # standout from which a statement is worth telling beside a refusal
NEWS = 0.06  # how much less alike than the best a new statement may be that might answer what was asked in vain before
TOP = 8  # findings that are looked through for a year

Judged = Sequence[tuple[Finding, Evidence]]
Chosen = Callable[[Finding], list[Finding]]


@dataclass(frozen=True)
class Missing:
    """What a question asks for that nothing in the documents meets: a name, a year, an attribute of somebody."""

    kind: Literal["name", "year", "attribute"]
    what: str  # in the words of the question


class Judge:
    """The statements found for one question, judged. ``pins`` is what it pins down."""

    def __init__(
        self,
        library: Library,
        question: str,
        pins: Asked,
        languages: tuple[str, str],  # the answer's, and the question's
        hits: Sequence[Hit],
        wanted: frozenset[Kind] = frozenset(),
    ) -> None:
        self._library = library
        self._question = question
        self._pins = pins
        self._language, self._written = languages
        self._hits = hits
        self._wanted = wanted or asked_for(question)
        self._size = len(library.passages())
        self._entities: dict[Passage, frozenset[str]] = {}
        self._attributes = attributes.of(library.glossary().without_names(question))
        self._strangers = library.readings().strangers(asking(question, library.glossary().find), self._written)

    def good(self, findings: Sequence[Finding], chosen: Chosen) -> list[Finding]:
        """The ``findings`` that answer, in their order; ``chosen`` tells what an answer is made of around the best.

        Where it is not likely that any answers, none that says what is known; nor where it is asked of somebody who is
        named and of whom the documents know nothing.
        """
        evidence, good = self._judged(findings, chosen)
        asks = re.search(r"[^\W_]", self._question) is not None
        found = self._clues(evidence, good, findings) if asks and not self._strangers else None
        if found and likelihood(found) >= THRESHOLD:
            return good or [finding for finding, _ in evidence if finding.statement.passage.known]
        return [one for one in good if not one.statement.passage.known]

    def missing(self, findings: Sequence[Finding]) -> Missing | None:
        """What the documents lack for an answer; None where that cannot be named."""
        if self._strangers:
            name = re.search(re.escape(self._strangers[0]), self._question, re.IGNORECASE)
            return Missing("name", name.group() if name else self._strangers[0])
        if unmet_years := self._pins.years - set(YEAR.findall(" ".join(one.statement.text for one in findings[:TOP]))):
            return Missing("year", ", ".join(sorted(unmet_years)))
        words = [attributes.label(one, self._question) for one in sorted(self._unmet(findings))]
        if any(words):
            names = self._library.glossary().find(self._question)
            subject = next((one.name_in(self._language) for one in names if one.id in self._pins.entities), "")
            return Missing("attribute", ": ".join(filter(None, (subject, next(filter(None, words))))))
        return None

    def near(self, finding: Finding) -> bool:
        """Whether it is near enough to what was asked to be told although it does not answer."""
        evidence = self._evidence(finding)
        if self._pins.entities:
            return bool(self._pins.entities & evidence.entities)
        return not self._strangers and evidence.standout >= NEAR

    def clues(self, findings: Sequence[Finding], chosen: Chosen) -> Clues | None:
        """What speaks for and against an answer among ``findings``; None where that is not weighed."""
        return None if self._strangers else self._clues(*self._judged(findings, chosen), findings)

    def _judged(self, findings: Sequence[Finding], chosen: Chosen) -> tuple[Judged, list[Finding]]:
        evidence = self._evident(findings)
        return evidence, self._meeting(evidence, chosen)

    def _evident(self, findings: Sequence[Finding]) -> Judged:
        """The findings with what speaks for them.

        Those in another language than the question's cannot be checked for its words. So they count only where they
        are clearly nearer to it than all that the documents say in its own; or where the visitor chose that language.
        """
        evidence = [(finding, self._evidence(finding)) for finding in findings]
        nearest = max((one.similarity for _, one in evidence if one.same_language), default=0.0)
        return [
            (finding, one)
            for finding, one in evidence
            if one.same_language or finding.language == self._language or one.similarity > nearest + NEARER
        ]

    def _clues(self, evidence: Judged, good: Sequence[Finding], findings: Sequence[Finding]) -> Clues | None:
        known = [pair for pair in evidence if pair[0].statement.passage.known]
        meeting = {id(one) for one in good}
        best = next((pair for pair in known if id(pair[0]) in meeting), known[0] if known else None)
        if best is None:
            return None
        near = [one.statement for one in findings if one.similarity > best[0].similarity - NEWS]
        told = [finding for finding, _ in known]
        parts = extracts.select(best[0], told, self._wanted, table=compares(self._question))
        by_finding = {id(finding): one for finding, one in evidence}
        wanted = measures.asked(self._question)
        return read(
            self._pins,
            best,
            [by_finding[id(part)] for part in parts],
            [finding for finding, _ in evidence],
            met=id(best[0]) in meeting,
            missing=sum(self._library.readings().rarity(one) for one in self._unmet(findings)),
            opinion=bool(self._attributes & OPINIONS),
            open_ended=asks_openly(self._question),
            sounds=self._library.sounds(self._question, self._written, near),
            measured=not wanted or bool(measures.held(wanted, "\n".join(part.statement.text for part in parts))),
            left_open=any(self._left_open(one, best[0]) for one in good if not one.statement.passage.known),
        )

    def _left_open(self, unknown: Finding, known: Finding) -> bool:
        """Whether what the documents say is not known is what was asked, rather than the best of what is known."""
        if unknown.fit < known.fit - extracts.BEHIND:
            return False
        if unknown.fit > known.fit + LEAD:
            return True
        passage, best = unknown.statement.passage, known.statement
        topic = self._library.words(passage.headings[-1] if passage.headings else passage.text, passage.language)
        said = self._library.words(" ".join((*best.passage.headings, best.text)), best.passage.language)
        asked_words = self._library.words(self._library.glossary().without_names(self._question), self._written)
        return stays_open(self._pins, asked_words, topic, said)

    def _meeting(self, evidence: Judged, chosen: Chosen) -> list[Finding]:
        """The findings that meet all that the question pins down, by themselves or put together."""
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
        for finding, one in evidence[:1]:
            if not (finding.statement.passage.known and fits(one)):
                continue
            if together(self._pins, [self._evidence(part) for part in chosen(finding)]):
                return [finding, *good]
        return good

    def _unmet(self, findings: Sequence[Finding]) -> frozenset[str]:
        """The attributes asked for of which nothing speaks that was found on what the question names."""
        near = dict.fromkeys([one.statement.passage for one in findings] + [hit.passage for hit in self._hits])
        named = [passage for passage in near if self._pins.entities & self._named(passage)]
        return unmet(self._attributes, (passage.embedded for passage in named or near))

    def _named(self, passage: Passage) -> frozenset[str]:
        """The entities that a passage names; asked again and again for its statements."""
        if passage not in self._entities:
            found = self._library.glossary().find(passage.embedded)
            self._entities[passage] = frozenset(entity.id for entity in found)
        return self._entities[passage]

    def _evidence(self, finding: Finding) -> Evidence:
        passage = finding.statement.passage
        return Evidence(
            text=passage.embedded,
            similarity=finding.similarity,
            standout=stands_out(finding.hit.standout, self._size),
            coverage=finding.coverage,
            attribute=finding.hit.attribute,
            same_language=passage.language == self._written,
            entities=self._named(passage),
            holds=finding.holds,
            own=" ".join((passage.title, *passage.headings, finding.statement.text)),
            says=sum(weight for word, weight in finding.held.items() if not word.startswith(MARK)),
        )
