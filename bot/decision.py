"""Does what was found answer the question? One function decides, from the question and the best statements. Pure.

Scores alone cannot tell: the embedder's cosines are compressed, and a question on the 2026 Expo looks like one on 2025.
So what the question pins down (years, other numbers, names) must be met by the passage, and only then do scores speak.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from bot.expectations import MEASURABLE, Kind, asked_for

YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![\d.,]\d|\d)")


@dataclass(frozen=True)
class Evidence:
    """What speaks for a statement as the answer."""

    text: str  # the statement with its title and headings, and the rest of its passage
    similarity: float  # cosine of question and statement
    standout: float  # z-score of its passage's cosine over the whole library
    coverage: float  # share of the question's idf mass that the statement holds, 0 to 1
    attribute: float  # the same of its passage, for the words that are no names
    same_language: bool  # as the question: only then can words be missed
    entities: frozenset[str]  # ids named in its passage
    holds: frozenset[Kind] = frozenset()  # what the statement holds: a date, a number…
    own: str = ""  # the statement with its title and headings alone
    says: float = 1.0  # share of the question's words, names apart, that the statement itself holds


@dataclass(frozen=True)
class Asked:
    """What the question pins down."""

    years: frozenset[str]
    entities: frozenset[str]
    names: frozenset[str] = frozenset()  # in lower case, that the glossary does not know and few passages hold
    ahead: bool = False  # it asks for something to come
    whether: bool = False  # it asks whether something is so
    kinds: frozenset[Kind] = frozenset()  # it asks for a date, a number, an amount


# Set by hand on about 120 questions on the project's own knowledge, 42 of them without an answer; no figure stands
# behind them yet.
STANDOUT = 0.8
SUPPORT = 0.905
COVERAGE_WORTH = 0.22
ATTRIBUTE = 0.1
ACROSS, STANDOUT_ACROSS = 0.86, 1.5
NARROW = 0.055  # by how much what names the right year may fit worse than what names another one
NEARER = 0.02  # by how much a statement in another language must be nearer than any in the question's

# "Next" and "this year" pin a question down as a year does.
_AHEAD = re.compile(
    r"언제쯤|될까요|일까요|\bwhen will\b|\bwann (?:wird|werden)\b|다음 ?(?:번|해|회|엑스포|행사|박람회|전시)|차기|앞으로|향후|열릴|\bnext\b|\bupcoming\b|\bcoming\b|\bfuture\b"
    r"|\bnächste|\bkommende|\bkünftig",
    re.IGNORECASE,
)
_RELATIVE = (
    (0, re.compile(r"올해|금년|이번 해|\bthis year|\bdieses jahr|\bdiesem jahr|\bheuer\b", re.IGNORECASE)),
    (1, re.compile(r"내년|다음 해|\bnext year|\bnächste[sn] jahr|\bkommende[sn] jahr", re.IGNORECASE)),
    (
        -2,
        re.compile(r"재작년|지지난해|\byear before last|\bvorletzte[sn] jahr|\bvorvergangene[sn] jahr", re.IGNORECASE),
    ),
    (
        -1,
        re.compile(
            r"(?<!재)작년(?!말고|도 ?말고| 말고)|지난해|\blast year|\bletzte[sn] jahr|\bvergangene[sn] jahr|\bvorjahr",
            re.IGNORECASE,
        ),
    ),
)


def asked(question: str, entities: Iterable[str], names: frozenset[str], today: date, nameless: str = "") -> Asked:
    """What ``question``, which names these glossary ``entities``, pins down.

    ``nameless`` is the question without them: "Future" in a company's name looks not ahead.
    """
    years = set(YEAR.findall(question))
    kinds = asked_for(question) & MEASURABLE
    years |= {str(today.year + shift) for shift, words in _RELATIVE if words.search(question)}
    return Asked(frozenset(years), frozenset(entities), names, bool(_AHEAD.search(nameless or question)), kinds=kinds)


def meets(pins: Asked, evidence: Evidence) -> bool:
    """Whether the evidence speaks of what the question pins down: its years, one of the entities, every rare name, and
    whether it holds a date for a "when", a figure for a "how many".

    Of the other words, at least a tenth by weight: "the revenue of Tuen" is not answered by what else is known of Tuen.
    """
    if not pins.years <= frozenset(YEAR.findall(evidence.own or evidence.text)):
        return False
    if pins.entities and not pins.entities & evidence.entities:
        return False
    if pins.kinds and not pins.kinds & evidence.holds:
        return False
    if not evidence.same_language:
        return True
    text = evidence.text.casefold()
    return evidence.attribute >= ATTRIBUTE and all(_named(name, text) for name in pins.names)


def misses_narrowly(pins: Asked, best: Evidence, fit: float, answering: float) -> bool:
    """Whether the statement nearest to the question (``fit``) tells of another year, and the one that would answer
    (``answering``) is nearer in its year only.

    "And in 2025?" is near to the row for 2024; that some other row names 2025 makes that no answer.
    """
    elsewhere = len(pins.years) == 1 and not pins.years <= frozenset(YEAR.findall(best.own or best.text))
    return elsewhere and fits(best) and answering < fit - NARROW


def together(pins: Asked, evidence: Sequence[Evidence]) -> bool:
    """Whether statements that each meet a part meet all that the question pins down, every entity as well.

    A single year must be the first one's: what is said of one year is not completed by what is said of another.
    """
    text = "\n".join(one.text for one in evidence)
    entities = frozenset[str]().union(*(one.entities for one in evidence))
    holds = frozenset[Kind]().union(*(one.holds for one in evidence))
    return (
        pins.years <= frozenset(YEAR.findall(text if len(pins.years) > 1 else evidence[0].own or evidence[0].text))
        and pins.entities <= entities
        and (not pins.kinds or bool(pins.kinds & holds))
        and all(_named(name, text.casefold()) for name in pins.names)
        and any(one.attribute >= ATTRIBUTE for one in evidence)
    )


def _named(name: str, text: str) -> bool:
    """Whether ``text`` holds the name, or a word made of it: European, Europe."""
    return name[: max(4, len(name) * 2 // 3)] in text


def answers(pins: Asked, evidence: Evidence) -> bool:
    """Whether ``evidence`` is good enough to be given as the answer."""
    return fits(evidence) and meets(pins, evidence)


def fits(evidence: Evidence) -> bool:
    """Whether the evidence is near enough to the question, whatever that pins down."""
    if not evidence.same_language and evidence.similarity >= ACROSS and evidence.standout >= STANDOUT_ACROSS:
        return True  # across languages, words cannot be expected to meet
    support = evidence.similarity + COVERAGE_WORTH * evidence.coverage
    return evidence.standout >= STANDOUT and support >= SUPPORT


# A passage that says what is not known wins by being this much closer, or by what sets its topic apart.
LEAD = 0.05


def stays_open(pins: Asked, question: frozenset[str], topic: frozenset[str], best: frozenset[str]) -> bool:
    """Whether the question asks for what the documents say is *not* known, although they hold something close.

    ``question``, ``topic`` (of the passage that tells what is not known) and ``best`` (of the best statement of what
    is known) are words. "When is the next Expo?" shares *next* with the topic "Next Expo", and what is known of the
    last one does not; "When was the Expo?" shares nothing that tells the two apart.
    """
    return pins.ahead or pins.whether or bool((question & topic) - best)
