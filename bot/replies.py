"""A question and its history -> the answer without a model, and the passages that a model may word one from.

Here the other modules meet: the question as it was meant, search, the statements that fit, and the decision whether
they answer. What is composed is verbatim from the documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from bot import extracts, languages
from bot.citations import Answer
from bot.clues import Clues
from bot.dates import with_full_years
from bot.decision import asked
from bot.declining import SURE, Reason, declined
from bot.developments import Developments
from bot.expectations import MEASURABLE, Kind, asked_for, compares
from bot.extracts import Finding
from bot.followups import Turn, core, standalone
from bot.further import Further
from bot.joining import Joined, Joining, Told
from bot.judging import Judge
from bot.leading import ranked
from bot.library import Library
from bot.passages import Passage
from bot.premises import asks_whether, contradicted, corrected
from bot.sentences import Statement, statements
from bot.texts import say

FOUND = 24  # passages looked for
ANEW = 0.1  # what a follow-up asks anew is worth, and what was asked before it is not
CORRECTING = 6  # statements looked through for one that corrects the question
TOLD = 2  # statements that go with a refusal


@dataclass(frozen=True)
class Reply:
    """The answer without a model, and the passages that a model may word it from, the best first."""

    answer: Answer
    passages: tuple[Passage, ...] = ()
    remarks: tuple[str, ...] = ()  # of our own on what the first passage says, e.g. that a plan's day has passed


def look_up(library: Library, question: str, history: Sequence[Turn], language: str, today: date) -> Reply:
    """Search, decide, and compose the answer without a model."""
    return _LookUp(library, question, history, language, today).reply()


def judged(library: Library, question: str, history: Sequence[Turn], language: str, today: date) -> Clues | None:
    """What speaks for and against the question being answered by what is found, for fitting the weights of it."""
    return _LookUp(library, question, history, language, today).clues()


def asked_in(question: str, history: Sequence[Turn]) -> str:
    """The language of a question; of the one before it where nothing tells."""
    before = history[-1][0] if history else ""
    return languages.of_question(question, languages.of_question(before, "en"))


class _LookUp:
    """One question on its way."""

    def __init__(self, library: Library, question: str, history: Sequence[Turn], language: str, today: date) -> None:
        self._library = library
        self._language, self._today = language, today
        self._reason = declined(question)
        question = languages.without_wish(question) or question
        question = library.readings().meant(question, asked_in(question, history))
        names = library.glossary()
        question = with_full_years(question)
        question = core(question, lambda text: frozenset(entity.id for entity in names.find(text)))
        self._full = standalone(question, history, bool(names.find(question)))
        self._searched_in = languages.of_question(self._full, language)
        rare = library.readings().rare_names(self._full, self._searched_in)
        nameless = names.without_names(self._full)
        self._pins = asked(self._full, names.telling(self._full), rare, today, nameless)
        self._pins = replace(self._pins, whether=asks_whether(self._full))
        # A follow-up's "where" takes the place of the "when" before it.
        self._wanted: frozenset[Kind] = asked_for(question)
        if self._wanted:
            self._pins = replace(self._pins, kinds=self._wanted & MEASURABLE)
        self._further = Further(library, self._full, language, self._searched_in)
        self._hits = library.search(self._full, FOUND, self._searched_in)
        found = extracts.find(self._full, self._hits, library, language, self._wanted)
        self._findings = self._anew_first(found, question)
        reason, leaning = library.asks(self._full, self._searched_in)
        if leaning > SURE:
            self._reason = self._reason or reason
        tongues = language, self._searched_in
        self._judge = Judge(library, self._full, self._pins, tongues, self._hits, self._wanted)

    def reply(self) -> Reply:
        """The answer, or what is said instead of one."""
        good = self._good()
        known = [finding for finding in good if finding.statement.passage.known]
        if known and known[0].language != self._language:
            known, self._findings = self._in_own_language(known), self._in_own_language(self._findings)
        unknown = next((finding for finding in good if not finding.statement.passage.known), None)
        if self._reason:
            return Reply(self._declined(self._reason, known))
        joined = self._joined()
        if joined and not joined.met:
            return Reply(self._unknown(joined.findings))
        if unknown and not known and not joined:
            return Reply(self._open_question(unknown))
        if not known and not joined:
            return Reply(self._unknown())
        chosen = list(joined.findings) if joined else self._leading_first(self._chosen(known[0]))
        alike = [one for one in chosen if one.named >= chosen[0].named]
        if contradicted(self._full, [one.statement.text for one in alike]):
            return Reply(self._refused("declined.premise", chosen))
        if correction := self._correction(chosen[0]):
            return Reply(self._refused("declined.premise", [correction, *(one for one in chosen if one != correction)]))
        chosen, remarks = (chosen, joined.remarks) if joined else self._up_to_date(chosen)
        text, citations = extracts.compose(chosen)
        text = "\n\n".join((text, *remarks))
        if chosen[0].language != self._language:
            text = f"{say(self._language, 'answers.other_language')}\n\n{text}"
        passages = [finding.statement.passage for finding in (*chosen, *known)] + [hit.passage for hit in self._hits]
        return Reply(Answer(text, self._language, citations), tuple(dict.fromkeys(passages)), remarks)

    def answering(self) -> list[Finding]:
        """The statements that answer, best first; none where it is refused."""
        return [] if self._reason else [one for one in self._good() if one.statement.passage.known]

    def told(self) -> Told:
        """What the answer says; nothing where it is refused."""
        answering = self.answering()
        return self._up_to_date(self._chosen(answering[0])) if answering else ((), ())

    def _up_to_date(self, chosen: Sequence[Finding]) -> tuple[list[Finding], tuple[str, ...]]:
        """``chosen`` with what became of it, and our own remarks on that."""
        developments = Developments(self._library, self._full, self._pins, self._today)
        return developments.brought_in(chosen, self._findings, self._language)

    def _joined(self) -> Joined | None:
        """What answers together, where the question joins several."""

        def part(question: str) -> _LookUp:
            return _LookUp(self._library, question, (), self._searched_in, self._today)

        joining = Joining(
            self._library, self._searched_in, lambda one: part(one).answering(), lambda one: part(one).told()
        )
        joined = joining.joined(self._full, self._findings)
        return replace(joined, findings=tuple(self._in_own_language(joined.findings))) if joined else None

    def _correction(self, best: Finding) -> Finding | None:
        """The statement on the same as the best that says that something is not what the question takes for granted."""
        near = [one for one in self._findings[:CORRECTING] if one.statement.passage.known]
        near = [one for one in near if one.fit >= best.fit - extracts.BEHIND]
        alike = [one for one in near if one.named >= best.named and one.language == best.language]
        return next((one for one in alike if corrected(self._full, one.statement.text)), None)

    def _anew_first(self, findings: Sequence[Finding], question: str) -> list[Finding]:
        """``findings`` in their order; of a follow-up, those first that hold what it asks anew, and those last that
        answer what was asked already.
        """
        before = self._full.removesuffix(question)
        if not before:
            return list(findings)
        words = self._library.words(question, self._searched_in)
        asked = self._library.words(self._library.glossary().without_names(before), self._searched_in)
        new, old = words - asked, asked - words

        def worth(one: Finding) -> float:
            return one.fit + ANEW * (bool(new & one.held.keys()) - bool(new and old & one.held.keys()))

        return sorted(findings, key=worth, reverse=True)

    def _in_own_language(self, findings: Sequence[Finding]) -> list[Finding]:
        """``findings`` in the visitor's language, where their documents have a translation, each once."""
        told: dict[Statement, Finding] = {}
        for finding in map(self._translated, findings):
            told.setdefault(finding.statement, finding)
        return list(told.values())

    def _translated(self, finding: Finding) -> Finding:
        there, here = finding.statement, self._library.translated(finding.statement.passage, self._language)
        said, own = statements(there.passage), statements(here)
        # Translations say the same in the same order; where one says more, nobody knows what stands for what.
        return replace(finding, statement=own[said.index(there)]) if len(said) == len(own) else finding

    def _chosen(self, best: Finding) -> list[Finding]:
        told = [finding for finding in self._findings if finding.statement.passage.known]
        wanted = self._wanted or asked_for(self._full)
        chosen = extracts.select(best, told, wanted, table=compares(self._full), years=self._pins.years)
        return self._further.completed(chosen, wanted)

    def _leading_first(self, chosen: list[Finding]) -> list[Finding]:
        """``chosen``, and where the question asks which row of a table leads, that one first."""
        header = chosen[0].statement.header
        rows = [one for one in chosen if header and one.statement.header == header]
        order = ranked(self._full, [one.statement.text for one in rows], chosen[0].language)
        return [rows[order[0]], *(one for one in chosen if one != rows[order[0]])] if order else chosen

    def clues(self) -> Clues | None:
        """What speaks for and against an answer; None where that is not weighed."""
        return None if self._reason else self._judge.clues(self._findings, self._chosen)

    def _good(self) -> list[Finding]:
        """The findings that answer."""
        return self._judge.good(self._findings, self._chosen)

    def _open_question(self, unknown: Finding) -> Answer:
        """What the documents say is not known: their own words, in the order they stand in."""
        passage = unknown.statement.passage
        own = sorted(
            (finding for finding in self._findings if finding.statement.passage == passage),
            key=lambda finding: finding.statement.start,
        )
        text, citations = extracts.compose(own[: extracts.MOST])
        return Answer(text, self._language, citations, answered=False)

    def _unknown(self, told: Sequence[Finding] = ()) -> Answer:
        """That nothing is known, the nearest thing that is (``told``, if that is known), and whom to ask."""
        nearest = [one for one in self._findings if one.statement.passage.known][:1]
        lack = self._judge.missing(self._findings)
        named = say(self._language, f"answers.missing_{lack.kind}", what=lack.what) if lack else ""
        told = told or [one for one in nearest if self._judge.near(one)]
        return self._refused("answers.unknown", told, "answers.nearest", named)

    def _declined(self, reason: Reason, known: Sequence[Finding]) -> Answer:
        """Why it is not answered; with advice, what is known on the matter. Of persons nothing at all."""
        told = self._chosen(known[0])[:TOLD] if known and reason != "private" else []
        return self._refused(f"declined.{reason}", told, "declined.known")

    def _refused(self, key: str, told: Sequence[Finding], opening: str = "", lacking: str = "") -> Answer:
        parts = [" ".join(filter(None, (say(self._language, key), lacking)))]
        text, citations = extracts.compose(told)
        if text:
            parts.append(f"{say(self._language, opening)} {text}" if opening else text)
        if contact := self._library.about().contact_in(self._language):
            parts.append(say(self._language, "answers.contact", contact=contact))
        return Answer("\n\n".join(parts), self._language, citations, answered=False)
