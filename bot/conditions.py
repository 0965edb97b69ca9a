"""What a condition names, whether a statement meets it, and whom the statement is on. Pure.

Stricter than what a search finds near: of two lists put together, each must say what it is put together for. A firm that
went to Shenzhen "right after Munich" was not in Munich, and whose partner won something has won nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.decision import YEAR
from bot.glossary import Glossary
from bot.grounding.names import Mention, listed
from bot.grounding.quantities import Quantity, normal, quantities
from bot.leading import LEADS

# What is set apart from the rest of a statement: where somebody was not, or what came before.
_APART = re.compile(
    r"\b(?:right )?(?:after|before|following|ahead of|unlike|direkt nach|kurz nach|nach|vor)\s[^,;.()]*"
    r"|[^,;.()\s]+(?:\s[^,;.()\s]+)?\s(?:직후|직전|이후|이전|전후)",
    re.IGNORECASE,
)
_NOT = re.compile(r"\b(?:not|no|never|none|kein\w*|nicht|nie)\b|않|아니|아닙|아닌|없|못", re.IGNORECASE)
_BRACKETS = re.compile(r"\([^()]*\)")
# Between two names of one list: nothing but what joins them, and names that nobody listed.
_JOINS = re.compile(
    r"(?:[\s,;·/&]|\b(?:and|und|sowie|as well as|with|mit|beside|neben)\b|와|과|랑|하고|및|[A-ZÄÖÜ][\w&.-]*|㈜)*"
)
_OF_ANOTHER = re.compile(r"['’]s\b|(?:와|과|랑)\s?(?:함께|더불어|같이|달리)")
_ORDINARY = 100  # a larger number without a unit is no day and no stage


@dataclass(frozen=True)
class Pinned:
    """What a condition pins down: names and places by their keys, other names as they are written, years, order."""

    keys: frozenset[str]
    names: frozenset[str]
    years: frozenset[str]
    ordinals: tuple[Quantity, ...]
    denied: bool
    leads: bool = False

    def met(self, text: str, above: str, names: Glossary) -> bool:
        """Whether the statement ``text``, under the headings ``above``, names all of it, and denies if this does."""
        own = _APART.sub(" ", text)
        said = f"{above}\n{own}"
        # A section on two years is of neither where its statement names one.
        years = frozenset(YEAR.findall(own)) or frozenset(YEAR.findall(above))
        return (
            self.keys <= {one.key for one in mentions(said, names)}
            and self._of_its_year(own, names)
            and all(name in said.casefold() for name in self.names)
            and self.years <= years
            and bool(_NOT.search(text)) == self.denied
            and (not self.leads or LEADS.search(text) is not None)  # who leads, a statement must say
        )

    def _of_its_year(self, text: str, names: Glossary) -> bool:
        """Whether what it names stands nearest to its own year, where ``text`` tells of several."""
        years = list(YEAR.finditer(text))
        if not self.years or len({one.group() for one in years}) < 2:
            return True
        named = [one for one in mentions(text, names) if one.key in self.keys]
        nearest = [min(years, key=lambda year: _apart(year, one)).group() for one in named]
        return not named or bool(self.years & set(nearest))

    def in_order(self, text: str) -> bool:
        """Whether ``text`` is on the first, the second, day 1, where the condition is."""
        said = quantities(text)
        return all(any(one.meets(other) for other in said) for one in self.ordinals)


def _apart(year: re.Match[str], name: Mention) -> int:
    return max(year.start() - name.end, name.start - year.end())


def pinned(condition: str, names: Glossary, others: frozenset[str]) -> Pinned:
    """What ``condition`` pins down; ``others`` are names in it, in lower case, that the glossary need not know."""
    found = mentions(condition, names)
    known = {word for one in found for word in condition[one.start : one.end].casefold().split()}
    numbers = quantities(YEAR.sub("\0", names.without_names(condition)))
    return Pinned(
        frozenset(one.key for one in found if one.kind != "city"),
        frozenset(name for name in others if name not in known),
        frozenset(YEAR.findall(condition)),
        tuple(one for one in numbers if one.unit in ("", "ordinal") and not one.noun and one.readings[0] < _ORDINARY),
        bool(_NOT.search(condition)),
        LEADS.search(condition) is not None,
    )


def mentions(text: str, names: Glossary) -> list[Mention]:
    """The names of the glossary and the places in ``text``, whatever their spelling."""
    return listed(normal(text), names)


def subjects(text: str, kind: str, names: Glossary) -> list[str]:
    """The entities of a ``kind`` that ``text`` is on: the first that it names, and those listed with it."""
    plain = _BRACKETS.sub(lambda match: " " * len(match.group()), normal(text))
    found: list[Mention] = []
    for one in mentions(plain, names):
        if one.kind != kind or _OF_ANOTHER.match(plain[one.end :].lstrip()):
            continue
        if found and not _JOINS.fullmatch(plain[found[-1].end : one.start]):
            break
        found.append(one)
    return list(dict.fromkeys(one.key for one in found))
