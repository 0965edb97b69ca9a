"""The answer without a language model: the statements that say it, best first, each with its [n].

A statement is rated against the question by meaning and by words, like a passage in the library, but on its own: a
passage is found for all that it says, an answer opens with the one sentence that answers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.citations import Citation
from bot.expectations import Kind, asked_for, held
from bot.library import Hit, Library
from bot.sentences import Statement, statements

PASSAGES = 8  # that are looked into; an answer hardly ever hides further down
MOST = 5  # statements in an answer
PRECISE: frozenset[Kind] = frozenset({"date", "number", "money", "place"})
MOST_IF_PRECISE = 3  # who asks for a date or a figure is not helped by much around it
# Weight of a statement's word coverage (0 to 1) beside its cosine; tried by hand on the
# sentences that hold the answer in two public sets (xquad-en, mlqa-de), where it made little difference up to 0.2.
WORDS = 0.1
# Weight of the rank of its passage: statement and passage should both fit.
RANK = 0.01
# A statement that holds the kind of thing asked for (a date, an amount, a name) comes before one that does not.
EXPECTED = 0.06
# How far behind the best a statement may be and still belong to the answer; what stands in the same passage reads on
# from it, so it may be further.
BEHIND, BEHIND_IN_PASSAGE = 0.05, 0.08
# What the best leaves open of the question may stand further behind still.
BEHIND_COMPLETING = 0.1
# Statements in the visitor's language win over others unless those fit better by more than this.
FOREIGN = 0.08
FOREIGN_PASSAGE = 0.6  # the same among passages, in z-scores
# Cosine above which two statements say the same.
SAME = 0.965


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

    @property
    def language(self) -> str:
        """The language it is written in."""
        return self.statement.passage.language


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
    ratings = library.rate(question, [_in_place(statement) for _, _, statement in considered], language)
    findings = []
    for (rank, hit, statement), rating in zip(considered, ratings, strict=True):
        fit = rating.similarity + WORDS * rating.coverage - RANK * rank
        new = frozenset(entity.kind for entity in names.find(statement.text) if entity.id not in mentioned)
        holds = held(statement.text, names.without_names(statement.text), new, subjects)
        fit += EXPECTED * bool(wanted & holds)
        fit -= FOREIGN if statement.passage.language != language else 0.0
        named = frozenset(entity.id for entity in names.find(_in_place(statement)[0])) & mentioned.keys()
        findings.append(Finding(statement, hit, fit, rating.similarity, rating.coverage, holds, rating.vector, named))
    return sorted(findings, key=lambda finding: -finding.fit)


def select(findings: Sequence[Finding], wanted: frozenset[Kind] = frozenset()) -> list[Finding]:
    """What goes into the answer: the best, and up to four that fit nearly as well, on the same, and say something else.

    On the same: a sentence on another company of the same fair fits nearly as well and was not asked for. One
    language only: an answer that changes its language in the middle reads like search results. Where the best tells
    when and the question also asks where, the best that tells where comes next.
    """
    if not findings:
        return []
    best = findings[0]
    fitting = [one for one in findings[1:] if one.language == best.language and one.named >= best.named]
    missing = wanted - best.holds
    completing = [one for one in fitting if one.holds & missing and one.fit >= best.fit - BEHIND_COMPLETING][:1]
    chosen = [best, *completing]
    for finding in fitting:
        together = finding.statement.passage == best.statement.passage
        near = finding.fit >= best.fit - (BEHIND_IN_PASSAGE if together else BEHIND)
        new = all(_cosine(finding, other) < SAME for other in chosen)
        if near and new and len(chosen) < (MOST_IF_PRECISE if wanted & PRECISE else MOST):
            chosen.append(finding)
    head = [best, *completing]
    return head + sorted(chosen[len(head) :], key=lambda finding: _reading_order(finding, best))


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


def _in_place(statement: Statement) -> tuple[str, str]:
    """What is rated, and its language: the statement under its headings, which often name what it speaks of."""
    passage = statement.passage
    way = " › ".join(dict.fromkeys((passage.title, *passage.headings)))
    return f"{way}\n{statement.text}" if way else statement.text, passage.language


def _reading_order(finding: Finding, best: Finding) -> tuple[bool, str, int]:
    passage = finding.statement.passage
    return passage.id != best.statement.passage.id, passage.id, finding.statement.start


def _cosine(one: Finding, other: Finding) -> float:
    return sum(a * b for a, b in zip(one.vector, other.vector, strict=True))
