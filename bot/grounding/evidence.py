"""Passages -> the statements that may support a claim, each under its headings and with its dates. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from bot.glossary import Glossary
from bot.grounding import places
from bot.grounding.claims import Claims, read
from bot.grounding.dates import Moment
from bot.grounding.names import Mention
from bot.grounding.quantities import Quantity
from bot.passages import Passage
from bot.sentences import statements


@dataclass(frozen=True)
class Evidence:
    """One statement of a passage, under its headings."""

    said: Claims
    above: Claims
    dated: tuple[Moment, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """What it names, or stands under."""
        return self.said.keys | self.above.keys

    @cached_property
    def years(self) -> frozenset[int]:
        """The years its surroundings name, for a date that leaves its own out."""
        return frozenset(one.year for one in (*self.said.moments, *self.above.moments, *self.dated) if one.year)

    def counts(self, quantity: Quantity) -> bool:
        """Whether it states the number; a small one in words may be shown by so many names."""
        if any(quantity.meets(one) for one in (*self.said.quantities, *self.above.quantities)):
            return True
        if quantity.single:
            return not any(quantity.denies(one) for one in self.said.quantities)
        listed = len(re.findall(r",|·|\s(?:and|und|sowie|or|oder)\s|[와과]\s|및", self.said.text)) + 1
        return quantity.worded and quantity.readings[0] <= max(listed, len(self.said.keys))

    def dates(self, moment: Moment, *, reported: bool) -> bool:
        """Whether it states the date. ``reported``: the sentence tells as of when, which the document's date may say."""
        own = self.said.moments
        if any(moment.meets(one, self.years) for one in own):
            return True
        if any(moment.meets(one, ()) for one in self.above.moments) and (moment.month or not any(m.year for m in own)):
            return True
        return reported and any(moment.meets(one) for one in self.dated)

    def names(self, mention: Mention) -> bool:
        """Whether it, or what stands above it, names the same."""
        return mention.key in self.keys | self.said.nested | self.above.nested or (
            mention.kind == "place" and places.hinted(mention.key, self.said.text)
        )


def collect(passages: Sequence[Passage], glossary: Glossary) -> list[Evidence]:
    """All statements of the passages."""
    spelt = tuple((one.id, one.kind, one.spellings) for one in glossary.entities)
    return [one for passage in passages for one in _of(passage, _Named(glossary, spelt))]


@dataclass(frozen=True)
class _Named:
    """A glossary that can be a key: two of the same names are equal."""

    glossary: Glossary = field(compare=False)
    spelt: tuple[tuple[str, str, tuple[str, ...]], ...]


@lru_cache(256)
def _of(passage: Passage, named: _Named) -> tuple[Evidence, ...]:
    """What a passage states; the same passages are cited again and again."""
    glossary = named.glossary
    above = read(". ".join(dict.fromkeys((passage.title, *passage.headings))), glossary, passage.language)
    found = []
    for statement in statements(passage):
        sources = passage.sources_of(statement.start, statement.end)
        dated = read(
            ", ".join((passage.as_of, *(one.published for one in sources))), glossary, passage.language
        ).moments
        found.append(Evidence(read(statement.text, glossary, passage.language), above, dated))
    return tuple(found)
