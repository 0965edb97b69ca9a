"""The answer without a language model: the statements that say it, best first, each with its [n].

A statement is rated against the question by meaning and by words, like a passage in the library, but on its own: a
passage is found for all that it says, an answer opens with the one sentence that answers.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from bot import reader
from bot.citations import Citation
from bot.decision import YEAR
from bot.expectations import Kind, asked_for, held
from bot.library import Hit, Library
from bot.sentences import Statement, statements
from bot.wordings import NOWHERE

PASSAGES = 8  # that are looked into; an answer hardly ever hides further down
MOST = 5  # statements in an answer
PRECISE: frozenset[Kind] = frozenset({"date", "number", "money", "place"})
MOST_IF_PRECISE = 4  # who asks for a date or a figure is not helped by much around it
# Weight of a statement's word coverage (0 to 1) beside its cosine; tried by hand on the
# sentences that hold the answer in two public sets (xquad-en, mlqa-de), where it made little difference up to 0.2.
WORDS = 0.1
# The same for the statement without its headings: they say the same of all that stands under them.
OWN = 0.05
# Weight of the rank of its passage: statement and passage should both fit.
RANK = 0.01
# A statement that holds the kind of thing asked for (a date, an amount, a name) comes before one that does not.
EXPECTED = 0.06
# How far behind the best a statement may be and still belong to the answer; what stands in the same passage reads on
# from it, so it may be further.
BEHIND, BEHIND_IN_PASSAGE = 0.05, 0.08
# What the best leaves open of the question may stand further behind still.
BEHIND_COMPLETING = 0.15
BEHIND_TELLING = 0.16  # who asks what something is wants to hear what its passage tells
COMPLETING = 3  # statements at most that complete the best
WORTH = 0.1  # what such a statement must add: so much of the question's idf mass, or a kind of thing asked for
KIND = 0.15
BESIDE = 0.05
ROWS = 6  # of a table that is compared
# One that names another fair than the question does is hardly ever on the one that is meant: InterBattery Europe is not
# InterBattery.
ANOTHER = 0.05
# Statements in the visitor's language win over others unless those fit better by more than this.
FOREIGN = 0.08
FOREIGN_PASSAGE = 0.6  # the same among passages, in z-scores
# Cosine above which two statements say the same.
SAME = 0.965
READ = 8  # statements that are read together with the question, after all else
TOLD = 0.01  # weight of what that tells, a logit from -4 to 4


@dataclass(frozen=True)
class Finding:
    """A statement and how well it fits the question. ``fit`` orders findings of one question."""

    statement: Statement
    hit: Hit
    fit: float
    similarity: float
    coverage: float
    holds: frozenset[Kind] = frozenset()
    vector: tuple[float, ...] = ()
    named: frozenset[str] = frozenset()  # ids of the entities of the question that it, or its headings, name
    held: Mapping[str, float] = field(default_factory=dict)  # words of the question that it holds, with their weight
    worded: bool = False  # whether anybody worded a question for it
    told: float = reader.UNREAD  # logit that it answers the question, by reading both

    @property
    def language(self) -> str:
        """The language it is written in."""
        return self.statement.passage.language

    def cosine(self, other: Finding) -> float:
        """How near the two are in meaning."""
        return sum(a * b for a, b in zip(self.vector, other.vector, strict=True))


def find(
    question: str, hits: Sequence[Hit], library: Library, language: str, wanted: frozenset[Kind] = frozenset()
) -> list[Finding]:
    """The statements of the best hits, best first; those in the visitor's ``language`` before equally good others.

    ``wanted`` is what the question asks for, where that is not to be read from all of its words: a follow-up's "where"
    takes the place of the "when" before it.
    """
    names = library.glossary()
    wanted, mentioned = wanted or asked_for(question), {entity.id: entity for entity in names.find(question)}
    subjects = [spelling for entity in mentioned.values() for spelling in entity.spellings]
    near = sorted(hits, key=lambda hit: hit.score - FOREIGN_PASSAGE * (hit.passage.language != language), reverse=True)
    considered = [
        (rank, hit, statement) for rank, hit in enumerate(near[:PASSAGES]) for statement in statements(hit.passage)
    ]
    ratings = library.rate(question, [(in_place(one), one.passage.language) for _, _, one in considered], language)
    own = library.weigh(question, [(one.text, one.passage.language) for _, _, one in considered], language)
    alike = library.alike(question, [one for _, _, one in considered], language)
    fairs = any(entity.kind == "fair" for entity in mentioned.values())
    findings = []
    for (rank, hit, statement), rating, asked, words in zip(considered, ratings, alike, own, strict=True):
        similarity = max(rating.similarity, asked)
        fit = OWN * sum(words.values()) + similarity + WORDS * rating.coverage - RANK * rank
        new = frozenset(entity.kind for entity in names.find(statement.text) if entity.id not in mentioned)
        holds = held(statement.text, names.without_names(statement.text), new, subjects)
        fit += EXPECTED * bool(wanted & holds)
        fit -= ANOTHER if "fair" in new and fairs else 0.0
        fit -= FOREIGN if statement.passage.language != language else 0.0
        named = frozenset(entity.id for entity in names.find(in_place(statement))) & mentioned.keys()
        worded = asked > NOWHERE
        findings.append(
            Finding(statement, hit, fit, similarity, rating.coverage, holds, rating.vector, named, words, worded)
        )
    return _read(names.said(question, language), sorted(findings, key=lambda finding: -finding.fit))


def _read(question: str, findings: Sequence[Finding]) -> list[Finding]:
    """The findings in the order that they have with the first of them read; those behind count as the worst of these.

    How well they fit stays as it was: by that is told what goes with the best. Only what was worded is read: the reader
    was trained on it, and says little of other documents.
    """
    first = [one for one in findings[:READ] if one.worded]
    told = reader.loaded().told(question, [one.statement.text for one in first]) if first else []
    says = {id(one): logit for one, logit in zip(first, told, strict=True)}
    least = min(told, default=reader.UNREAD)
    again = [replace(one, told=says.get(id(one), least) if one.worded else reader.UNREAD) for one in findings]
    return sorted(again, key=lambda finding: -(finding.fit + TOLD * finding.told))


def select(
    best: Finding,
    findings: Sequence[Finding],
    wanted: frozenset[Kind] = frozenset(),
    *,
    table: bool = False,
    years: frozenset[str] = frozenset(),
) -> list[Finding]:
    """What goes into the answer: ``best``, and of ``findings`` what completes it or fits nearly as well.

    Only the best must answer by itself: a question for two things ("when, and how much?") is answered by two statements,
    neither of which says it all. So those come next that hold what the best leaves open, of the kinds of things asked
    for or of the question's words. The rest is on the same: a sentence on another company of the same fair fits nearly
    as well and was not asked for. One language only: an answer that changes its language in the middle reads like
    search results. ``table``: the question compares; then the best's neighbours in its table belong to the answer.
    ``years``: those that the question is about.
    """
    others = [one for one in findings if one != best and one.language == best.language and belongs(one, best, years)]
    chosen, rows = [best], _rows(best, others) if table else []
    near = [one for one in others if one.fit >= best.fit - BEHIND_COMPLETING]
    for _ in range(COMPLETING):
        if (one := completing(near, chosen, wanted)) is None:
            break
        chosen.append(one)
    head = list(chosen)
    most = MOST_IF_PRECISE if wanted & PRECISE else MOST
    for finding in others:
        together = finding.statement.passage == best.statement.passage
        behind = BEHIND_TELLING if "definition" in wanted else BEHIND_IN_PASSAGE
        near_enough = finding.fit >= best.fit - (behind if together else BEHIND)
        if near_enough and finding.named >= best.named and len(chosen) < most and _new(finding, chosen):
            chosen.append(finding)
    rest = [one for one in rows if one not in chosen]
    return head + sorted(chosen[len(head) :] + rest, key=lambda finding: _reading_order(finding, best))


def belongs(finding: Finding, best: Finding, years: frozenset[str]) -> bool:
    """Whether a statement may stand beside ``best``: on something that the question names, and not of other years.

    Two sentences side by side are read as being on one thing, whatever their sources say.
    """
    if best.named and not finding.named:
        return False
    if finding.statement.passage == best.statement.passage or not years:
        return True
    own = frozenset(YEAR.findall(finding.statement.text))
    return not own or bool(own & years)


def completing(findings: Sequence[Finding], chosen: Sequence[Finding], wanted: frozenset[Kind]) -> Finding | None:
    """The one that adds most to ``chosen`` of what was asked; None where none is worth it."""
    kinds, words = {kind for one in chosen for kind in one.holds}, {word for one in chosen for word in one.held}
    place = chosen[0].statement.passage
    gains = [(_gain(one, wanted - kinds, words), one) for one in findings if _new(one, chosen)]
    worth = [pair for pair in gains if pair[0] >= WORTH]
    # What stands beside the best speaks of the same thing more surely than what shares more words with the question.
    return max(worth, key=lambda pair: pair[0] + BESIDE * (pair[1].statement.passage == place), default=(0.0, None))[1]


def _gain(finding: Finding, missing: frozenset[Kind], words: set[str]) -> float:
    """What it adds: the weight of the question's words that nothing before it holds, and a kind that is missing."""
    more = sum(weight for word, weight in finding.held.items() if word not in words)
    return more + KIND * bool(finding.holds & missing)


def _new(finding: Finding, chosen: Sequence[Finding]) -> bool:
    # The rows of a table, and the steps of a plan, are worded alike and tell different things by their figures.
    return finding not in chosen and all(
        finding.cosine(other) < SAME or _figures(finding) != _figures(other) for other in chosen
    )


def _figures(finding: Finding) -> frozenset[str]:
    return frozenset(re.findall(r"\d+", finding.statement.text))


def _rows(best: Finding, others: Sequence[Finding]) -> list[Finding]:
    """The rows of the best's table that are named like it, in order."""
    if not best.statement.header:
        return []
    name = _name(best)
    alike = [
        one
        for one in others
        if one.statement.header
        and one.statement.passage == best.statement.passage
        and len(name & _name(one)) * 2 > len(name)
    ]
    return sorted(alike, key=lambda one: one.statement.start)[:ROWS]


def _name(row: Finding) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", row.statement.text.split(" — ")[0].casefold()))


def compose(chosen: Sequence[Finding], first: int = 1) -> tuple[str, tuple[Citation, ...]]:
    """The answer's text with ``[first]``, ``[first + 1]``…, and what they stand for."""
    citations = tuple(cite(n, finding.statement) for n, finding in enumerate(chosen, first))
    marked = [f"{_said(finding.statement)} [{citation.n}]" for finding, citation in zip(chosen, citations, strict=True)]
    rest = marked[1:]
    tabular = any(finding.statement.header for finding in chosen[1:])
    tail = "\n".join(f"• {line}" for line in rest) if tabular else " ".join(rest)
    return "\n\n".join(part for part in (marked[0] if marked else "", tail) if part), citations


def _said(statement: Statement) -> str:
    """What the document says; a number in brackets of its own must not pass for one of the answer's."""
    return re.sub(r"\[(\s*\d[\d\s,;]*)\]", r"(\1)", statement.text)


def cite(n: int, statement: Statement) -> Citation:
    """The citation of one statement, with the source that stands behind just this one."""
    sources = statement.passage.sources_of(statement.start, statement.end)
    return Citation(n, statement.passage, statement.quote, sources[0] if sources else None)


def in_place(statement: Statement) -> str:
    """What is rated: the statement under its headings, which often name what it speaks of."""
    passage = statement.passage
    way = " › ".join(dict.fromkeys((passage.title, *passage.headings)))
    return f"{way}\n{statement.text}" if way else statement.text


def _reading_order(finding: Finding, best: Finding) -> tuple[bool, str, int]:
    passage = finding.statement.passage
    return passage.id != best.statement.passage.id, passage.id, finding.statement.start
