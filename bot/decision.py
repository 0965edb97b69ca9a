"""Does what was found answer the question? One function decides, from the question and the best statements. Pure.

Scores alone cannot tell: the embedder's cosines are compressed, and a question on the 2026 Expo looks like one on 2025.
So what the question pins down (years, other numbers, names) must be met by the passage, and only then do scores speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)")


@dataclass(frozen=True)
class Evidence:
    """What speaks for a statement as the answer."""

    text: str  # the statement with its title and headings, and the rest of its passage
    similarity: float  # cosine of question and statement
    standout: float  # z-score of its passage's cosine over the whole library
    coverage: float  # share of the question's idf mass that the statement holds, 0 to 1
    entities: frozenset[str]  # ids named in its passage
    known: bool = True  # false: the statement says that something is not known


@dataclass(frozen=True)
class Asked:
    """What the question pins down."""

    years: frozenset[str]
    entities: frozenset[str]
    ahead: bool = False  # it asks for something to come


# Calibrated on the project's own questions and on the public sets with unanswerable ones (docs/benchmarks.md).
STANDOUT = 2.4
SUPPORT = 0.92
COVERAGE_WORTH = 0.22

# "Next" and "this year" pin a question down as a year does.
_AHEAD = re.compile(
    r"다음 ?(?:번|해|회|엑스포|행사|박람회|전시)|차기|앞으로|향후|열릴|\bnext\b|\bupcoming\b|\bcoming\b|\bfuture\b"
    r"|\bnächste|\bkommende|\bkünftig",
    re.IGNORECASE,
)
_RELATIVE = (
    (0, re.compile(r"올해|금년|이번 해|\bthis year|\bdieses jahr|\bdiesem jahr|\bheuer\b", re.IGNORECASE)),
    (1, re.compile(r"내년|다음 해|\bnext year|\bnächste[sn] jahr|\bkommende[sn] jahr", re.IGNORECASE)),
    (-1, re.compile(r"작년|지난해|\blast year|\bletzte[sn] jahr|\bvergangene[sn] jahr|\bvorjahr", re.IGNORECASE)),
)


def asked(question: str, entities: Iterable[str], today: date) -> Asked:
    """What ``question``, which names these glossary ``entities``, pins down."""
    years = set(YEAR.findall(question))
    years |= {str(today.year + shift) for shift, words in _RELATIVE if words.search(question)}
    return Asked(frozenset(years), frozenset(entities), bool(_AHEAD.search(question)))


def meets(pins: Asked, evidence: Evidence) -> bool:
    """Whether the evidence speaks of the years and at least one of the names that the question pins down."""
    years = pins.years <= frozenset(YEAR.findall(evidence.text))
    return years and (not pins.entities or bool(pins.entities & evidence.entities))


def answers(pins: Asked, evidence: Evidence) -> bool:
    """Whether ``evidence`` is good enough to be given as the answer."""
    support = evidence.similarity + COVERAGE_WORTH * evidence.coverage
    return meets(pins, evidence) and evidence.standout >= STANDOUT and support >= SUPPORT


def stays_open(pins: Asked, question: frozenset[str], topic: frozenset[str], best: frozenset[str]) -> bool:
    """Whether the question asks for what the documents say is *not* known, although they hold something close.

    ``question``, ``topic`` (of the passage that tells what is not known) and ``best`` (of the best statement of what
    is known) are words. "When is the next Expo?" shares *next* with the topic "Next Expo", and what is known of the
    last one does not; "When was the Expo?" shares nothing that tells the two apart.
    """
    return pins.ahead or bool((question & topic) - best)
