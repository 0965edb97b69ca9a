"""What speaks for and against an answer being in what was found: a handful of numbers per question, and their weights.

No score tells alone. That the documents have a near statement, that it holds the kind of thing asked for, that nobody in
them bears a name in the question: each says something, and a logistic model weighs them. It was fitted by
``tests/benchmarks/answerability.py`` on questions by people who had not seen the code; which, and how well it does on
questions it was not fitted on, stands in ``docs/evaluation.md``.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot import attributes
from bot.decision import YEAR, Asked, Evidence
from bot.extracts import Finding
from bot.reader import UNREAD

NEXT = slice(5, 25)  # the findings beside which the nearest one stands out
OPINIONS = frozenset({"better", "opinion"})
CLEAR = 4.0  # how far an answer stands out of a large library
UNTOLD = 3.0  # taken where there is nothing to stand out of
LEADING = 0.11  # more of a lead tells how unlike the other documents are, not how near this one is


@dataclass(frozen=True)
class Clues:
    """What was found for one question, in numbers. A flag is 0 or 1."""

    fit: float  # of the best statement
    standout: float  # of its passage's cosine, in deviations over the library
    lead: float  # of the best cosine over those that follow
    met: float  # a statement meets all that the question pins down
    year_missing: float  # from the best statement
    years_missing: float  # from the whole answer
    kind_missing: float  # no date for a "when", no figure for a "how many"
    attributes_missing: float  # asked for, and not spoken of in anything found on it: their rarity, added up
    rare: float  # names that few passages hold
    ahead: float  # it asks for something to come
    open: float  # it asks what became of something, what is planned
    opinion: float  # it asks which is better
    left_open: float  # the documents say that what is asked is not known
    unknown: float  # by how much a statement on what is *not* known fits better
    told: float  # by reading the question with each of the best statements: the largest logit that one answers
    measure_missing: float  # it wants a share, people, an area, and nothing found has a figure of it
    sounds: float | None  # like questions that the documents answer, or below 0 like those asked in vain (bot/heard.py)


WEIGHTS = {
    "fit": 0.31,
    "standout": 0.24,
    "lead": 3.35,
    "met": 0.56,
    "year_missing": -1.00,
    "years_missing": -1.57,
    "kind_missing": -1.65,
    "attributes_missing": -0.16,
    "rare": -0.09,
    "ahead": -2.20,
    "open": 0.79,
    "opinion": -2.05,
    "left_open": -0.42,
    "unknown": -2.62,
    "told": 0.42,
    "measure_missing": -1.78,
    "sounds": 1.41,
}
BIAS = -0.86
# The same beside a statement that nobody worded: how the question sounds tells nothing there, and it is not read.
UNWORDED = {
    "fit": 4.70,
    "standout": 0.35,
    "lead": 3.34,
    "met": 1.04,
    "year_missing": -1.02,
    "years_missing": -2.28,
    "kind_missing": -2.26,
    "attributes_missing": -0.27,
    "rare": -0.45,
    "ahead": -2.56,
    "open": 0.96,
    "opinion": -1.14,
    "left_open": -0.94,
    "unknown": -6.94,
    "measure_missing": -2.55,
}
UNWORDED_BIAS = -6.41
THRESHOLD = 0.42


def read(
    pins: Asked,
    best: tuple[Finding, Evidence],
    chosen: Sequence[Evidence],
    findings: Sequence[Finding],
    *,
    met: bool,
    missing: float,
    opinion: bool,
    open_ended: bool,
    left_open: bool,
    sounds: float | None,
    measured: bool,
) -> Clues:
    """The clues of a question: ``best`` of the known ``findings``, and all that is ``chosen`` for the answer."""
    finding, evidence = best
    known = sorted((one.similarity for one in findings if one.statement.passage.known), reverse=True)
    behind = known[NEXT]
    unknown = max((one.fit for one in findings if not one.statement.passage.known), default=-1.0)
    holds = frozenset().union(*(one.holds for one in chosen))
    own = "\n".join(one.own for one in chosen)
    return Clues(
        fit=finding.fit,
        standout=evidence.standout,
        lead=min(known[0] - sum(behind) / len(behind), LEADING) if behind else 0.0,
        met=float(met),
        year_missing=float(bool(pins.years - set(YEAR.findall(evidence.own)))),
        years_missing=float(bool(pins.years - set(YEAR.findall(own)))),
        kind_missing=float(bool(pins.kinds) and not pins.kinds & holds),
        attributes_missing=missing,
        rare=float(len(pins.names)),
        ahead=float(pins.ahead),
        open=float(open_ended),
        opinion=float(opinion),
        left_open=float(left_open),
        unknown=max(-0.1, min(0.1, unknown - finding.fit)),
        told=max((one.told for one in findings if one.statement.passage.known), default=UNREAD),
        measure_missing=float(not measured),
        sounds=sounds,
    )


def stands_out(deviations: float, passages: int) -> float:
    """How far a passage stands out of a library of so many, as it would of a large one.

    Among n values none is more than the square root of n - 1 deviations from their mean: one of six documents could
    never stand out as one of a thousand does.
    """
    if passages < 2:
        return UNTOLD
    return max(deviations, CLEAR * deviations / math.sqrt(passages - 1))


def likelihood(clues: Clues) -> float:
    """The model's probability, from 0 to 1, that the question is answered by what was found."""
    weights, bias = (WEIGHTS, BIAS) if clues.sounds is not None else (UNWORDED, UNWORDED_BIAS)
    support = bias + sum(weight * getattr(clues, name) for name, weight in weights.items())
    return 1 / (1 + math.exp(-support))


def unmet(wanted: frozenset[str], texts: Iterable[str]) -> frozenset[str]:
    """Those of the ``wanted`` attributes that none of ``texts`` has a word for."""
    for text in texts:
        if not wanted:
            break
        wanted -= attributes.among(wanted, text)
    return wanted
