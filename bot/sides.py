"""A question for several things -> one question for each: its clauses, the names or the years it sets side by side. Pure.

"Which has the bigger site, A or B?" is near to what is said of both together; what is said of each is found by asking for
each. And "where was it held, and who runs that place?" is two questions, of which the second leans on the first's answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.decision import YEAR
from bot.expectations import MEASURABLE, Kind, asked_for
from bot.glossary import Glossary

MOST = 3  # that are looked for; each costs a search
_LATIN = r"who|whom|what|which|when|where|how|wer|wen|wem|was|wann|wo|wohin|woher|wie|welche[mnrs]?"
_KOREAN = r"언제|어디|누구|누가|얼마|몇|무엇|뭐|어느|어떤|무슨"
_ASKS = re.compile(rf"\b(?:{_LATIN})\b|{_KOREAN}", re.IGNORECASE)
_CUT = re.compile(
    rf"[,;]?\s+(?:and|und|sowie)\s+(?=(?:\w+\s+)?(?:{_LATIN})\b)|\?\s+(?=\S)|:\s+(?=(?:{_LATIN})\b)"
    rf"|(?<=[고며죠요데])[,?]?\s+(?=[^,]*(?:{_KOREAN}))",
    re.IGNORECASE,
)
_RANGE = re.compile(r"(?:19|20)\d\d\s*(?:-|–|~|to|bis|부터|에서|until)\s*(?:19|20)?\d\d")


@dataclass(frozen=True)
class Side:
    """One of the things asked for. ``leans``: it names nothing, so it is on what the side before it was answered with."""

    query: str
    entities: frozenset[str] = frozenset()
    years: frozenset[str] = frozenset()
    kinds: frozenset[Kind] = frozenset()
    leans: bool = False


def sides(question: str, names: Glossary, language: str) -> tuple[Side, ...]:
    """What ``question``, in ``language``, asks for, in order; empty where that is one thing."""
    clauses = _clauses(question)
    entities = [entity for entity in names.find(question) if entity.kind != "city"]
    if len(clauses) > 1:
        subject = " ".join(entity.name_in(language) for entity in entities)
        return tuple(_clause(clause, names, subject if n else "") for n, clause in enumerate(clauses[:MOST]))
    kinds = asked_for(question) & MEASURABLE
    if 1 < len(entities) <= MOST:
        rest = names.without_names(question)
        return tuple(Side(f"{one.name_in(language)} {rest}", frozenset({one.id}), kinds=kinds) for one in entities)
    years = list(dict.fromkeys(YEAR.findall(question)))
    if 1 < len(years) <= MOST and not _RANGE.search(question):
        rest = YEAR.sub(" ", question)
        named_in_all = frozenset(entity.id for entity in entities)
        return tuple(Side(f"{rest} {year}", named_in_all, frozenset({year}), kinds) for year in years)
    return ()


def _clauses(question: str) -> list[str]:
    """The clauses that each ask; what comes before a colon asks for what it describes."""
    clauses, start = [], 0
    for cut in _CUT.finditer(question):
        before = question[start : cut.start()]
        if _ASKS.search(question[cut.end() :]) and (_ASKS.search(before) or cut.group().startswith(":")):
            clauses.append(before)
            start = cut.end()
    clauses.append(question[start:])
    return clauses


def _clause(clause: str, names: Glossary, subject: str) -> Side:
    own = frozenset(entity.id for entity in names.find(clause) if entity.kind != "city")
    kinds = asked_for(clause) & MEASURABLE
    if own or not subject:
        return Side(clause, own, kinds=kinds, leans=not own)
    return Side(f"{subject} {clause}", kinds=kinds, leans=True)
