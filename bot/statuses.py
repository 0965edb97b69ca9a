"""How things stand today with what a statement tells: a plan whose day has passed, what became of it, what sources
dispute. Pure.

A source speaks as of its date. What it says of a day after that is a plan, however it is worded, and stays one until
something newer on the same matter reports.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from bot.grounding.dates import Moment, dates
from bot.grounding.markers import Kind, markers
from bot.grounding.quantities import Quantity, normal, quantities

# Cosine from which statements on the same entities speak of the same matter, and from which they give the same figure
# of it. Read off the pairs of plans and later statements in three languages; there is no gap between the two kinds, so
# a statement must also say that something has come about, was given up, or is planned anew.
LIKE, ALIKE = 0.93, 0.95

_FORETOLD = re.compile(r"\bannounc|\bapprov|\bset\b.{1,60}\bfor\b|예고|의결|결정|정했|kündig|genehmig", re.IGNORECASE)
_INVESTS = re.compile(r"\binvest|투자|\bInvestition", re.IGNORECASE)
_HELD = re.compile(
    r"\bcarried out\b|\btook place\b|\b(?:was|were) held\b|실제로|열렸|\bdurchgeführt\b|\bfand(?:en)?\b.*\bstatt\b",
    re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_PARTS = {
    "H1": (1, 6), "H2": (7, 12), "Q1": (1, 3), "Q2": (4, 6), "Q3": (7, 9), "Q4": (10, 12), "early": (1, 4),
    "mid": (5, 8), "end": (10, 12),
}  # fmt: skip
# Whether a question for a date is about the event as such, not about an edition that has been.
_WAS = re.compile(
    r"\b(?:was|were|did|had|held|took)\b|\b(?:war|waren|wurden?|fand(?:en)?|hat|lief)\b|[였었했됐렸]|\b(?:19|20)\d\d",
    re.IGNORECASE,
)
_EVENT = re.compile(
    r"\b(?:expo|fair|exhibition|conference|forum|messe|ausstellung|konferenz|tagung)\b"
    r"|엑스포|박람회|전시회|컨퍼런스|콘퍼런스|회의|포럼|행사",
    re.IGNORECASE,
)
_NEXT = re.compile(r"\bnext\b|\blater\b|\bnächste|\bspätere|다음|차기|이후|후속", re.IGNORECASE)


@dataclass(frozen=True)
class Told:
    """What a statement tells, on whom or what (ids of the glossary), and as of when (``2025-05-09``, ``2025-05``…)."""

    text: str
    as_of: str
    about: frozenset[str] = frozenset()
    vector: tuple[float, ...] = ()
    language: str = ""
    topic: str = ""  # the heading above it
    known: bool = True  # False: it says what is not known

    @cached_property
    def day(self) -> date | None:
        """The last day its source can speak of."""
        match = _DATE.match(self.as_of)
        if match is None:
            return None
        return _last(Moment(int(match[1]), int(match[2] or 0), int(match[3] or 0), "", 0, 0))

    @cached_property
    def moments(self) -> tuple[Moment, ...]:
        """The dates in it, as far as they name a year."""
        return tuple(one for one in dates(normal(self.text)) if one.year)

    @cached_property
    def ahead(self) -> tuple[Moment, ...]:
        """Those of them that lay ahead of its source."""
        return tuple(one for one in self.moments if self.day and _first(one) > self.day)

    @cached_property
    def stands(self) -> frozenset[Kind]:
        """The words in it that say how far things have come."""
        return frozenset(one.kind for one in markers(normal(self.text), self.language))

    @cached_property
    def figures(self) -> tuple[Quantity, ...]:
        """The amounts in it that say what they measure or count."""
        found = quantities(_without(normal(self.text), self.moments), self.language)
        return tuple(one for one in found if (one.unit or one.noun) and one.unit not in ("ordinal", "share"))

    @property
    def planned(self) -> bool:
        """Whether it tells of something to come, seen from its source."""
        foretold = "planned" in self.stands or bool(_FORETOLD.search(self.text))
        settled = bool(self.stands & {"not", "cancelled", "postponed"}) or bool(_HELD.search(self.text))
        return bool(self.ahead) and foretold and not settled

    def lapsed(self, today: date) -> bool:
        """Whether it tells a plan and all its days have passed."""
        return self.planned and all(_last(one) < today for one in self.ahead)

    def like(self, other: Told) -> float:
        """How near the two are in meaning (a cosine); 0 where they are not on the same."""
        if self.language != other.language or not self.about <= other.about:
            return 0.0
        return sum(a * b for a, b in zip(self.vector, other.vector, strict=True))


def uncertain(told: Told) -> bool:
    """Whether it tells of something begun or intended, of which something may have become."""
    if told.stands & {"cancelled", "postponed", "not"} or _HELD.search(told.text):
        return False
    return bool(told.stands & {"planned", "foreseen", "building", "begun"}) or bool(_INVESTS.search(told.text))


def denies(told: Told) -> bool:
    """Whether it says that something is not known or did not come about, as staff write of a plan without a sequel."""
    return bool(told.stands & {"not", "cancelled", "postponed"})


def became(told: Told, others: Iterable[Told], today: date) -> Told | None:
    """The newest of ``others`` that tells what became of ``told``: given up or put off; and, of a plan, also that it was
    done or is planned anew.
    """
    since = [one for one in others if one.known and told.day and one.day and one.day > told.day]
    return max(
        (one for one in since if _follows(one, told, today)), key=lambda one: (one.as_of, told.like(one)), default=None
    )


def _follows(one: Told, told: Told, today: date) -> bool:
    near = told.like(one)
    met = all(moment.day and any(moment.meets(other) for other in one.moments) for moment in told.ahead)
    if told.planned and not one.planned and one.about & told.about and met:
        return True  # on the very days that were planned
    if near < LIKE:
        return False
    if one.stands & {"cancelled", "postponed"}:
        return True
    if not told.planned or one.planned:
        return told.planned and near >= (LIKE if told.lapsed(today) and told.about else ALIKE)
    since = any(told.day and one.day and told.day < _first(moment) <= one.day for moment in one.moments)
    return since and bool(one.stands & {"done", "begun", "building"})


def disputed(told: Told, others: Iterable[Told]) -> Told | None:
    """The one that says that sources disagree on a figure or a date in ``told``."""
    if "differ" in told.stands:
        return None
    on_it = [one for one in others if one.known and "differ" in one.stands and told.like(one) >= LIKE]
    shares = [one for one in on_it if _shares(told, one)]
    return max(shares, key=told.like, default=None)


def _shares(told: Told, dispute: Told) -> bool:
    if not (dispute.figures or dispute.moments):  # "Sources give different figures": those that stand below it
        return dispute.topic == told.topic
    return any(one.meets(two) for one in told.figures for two in dispute.figures) or any(
        one.day and one.meets(two) for one in told.moments for two in dispute.moments
    )


def newest(best: Told, others: Iterable[Told]) -> Told:
    """Of ``best`` and those that give another figure of the same thing, the newest."""
    return max([best, *(one for one in others if one.known and _rivals(best, one))], key=lambda one: one.as_of)


def _rivals(one: Told, other: Told) -> bool:
    """Whether both give a figure of the same kind, and not the same."""
    if one.about != other.about or one.like(other) < ALIKE:
        return False
    measured = {(figure.unit, figure.noun) for figure in one.figures}
    alike = [figure for figure in other.figures if (figure.unit, figure.noun) in measured]
    return bool(alike) and not any(figure.meets(own) for figure in alike for own in one.figures)


def asks_for_an_edition(question: str, *, event: bool) -> bool:
    """Whether a question for a date means an event as such: "When is the Expo?". ``event``: it names one."""
    return (event or _EVENT.search(question) is not None) and not _WAS.search(question)


def over(told: Told, today: date) -> bool:
    """Whether all days that it names have passed."""
    return bool(told.moments) and all(_last(one) < today for one in told.moments)


def on_the_next(fairs: frozenset[str], others: Iterable[Told]) -> Told | None:
    """The one that says that nothing is known of a next edition of one of ``fairs``."""
    unknown = (one for one in others if not one.known and _NEXT.search(one.topic) and "not" in one.stands)
    return next((one for one in unknown if fairs & one.about), None)


def _first(moment: Moment) -> date:
    month = moment.month or _PARTS.get(moment.part, (1, 12))[0]
    return date(moment.year, month, min(moment.day or 1, monthrange(moment.year, month)[1]))


def _last(moment: Moment) -> date:
    month = moment.month or _PARTS.get(moment.part, (1, 12))[1]
    end = monthrange(moment.year, month)[1]
    return date(moment.year, month, min(moment.day or end, end))


def _without(text: str, moments: Iterable[Moment]) -> str:
    for one in moments:
        text = text[: one.start] + "\0" * (one.end - one.start) + text[one.end :]
    return text
