"""Which words a figure goes with: to see two figures exchanged in a sentence that is worded anew. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from bot.grounding.claims import Claims, Token
from bot.grounding.quantities import Quantity

_CUT = re.compile(
    r"[,;:]\s|[()]|\s(?:and|und|sowie|or|oder|while|während|but|aber|to|bis)\s|(?<=[가-힣](?:고|며|만))\s|(?<=[가-힣](?:과|와))\s|[~–·]"
)


@dataclass(frozen=True)
class _Labelled:
    """A figure, and the words and names of its part of the sentence."""

    figure: Quantity
    words: tuple[Token, ...]
    names: frozenset[str]

    def shared(self, other: _Labelled) -> set[object]:
        """Which of its words and names the other one has, too."""
        grams = frozenset(gram for word in other.words for gram in word.grams)
        return {word.start for word in self.words if word.met(grams)} | (self.names & other.names)


def exchanged(claims: Claims, said: Sequence[Claims]) -> list[str]:
    """The figures whose words are, in a statement of the same language, those of another such figure.

    What goes with both figures says nothing: of the words that tell them apart, a right sentence has its own figure's.
    """
    found = []
    for there in (_labelled(one) for one in said if one.language == claims.language):
        for own in _labelled(claims):
            right, wrong = set[object](), set[object]()
            for other in (other for other in there if _comparable(own.figure, other.figure)):
                (right if own.figure.meets(other.figure) else wrong).update(own.shared(other))
            if wrong - right and not right - wrong and any(own.figure.meets(other.figure) for other in there):
                found.append(claims.text[own.figure.start : own.figure.end])
    return found if len(found) > 1 else []  # where only one is out of place, it is the wording


def _labelled(claims: Claims) -> list[_Labelled]:
    """Every figure that has a part of the sentence to itself among those of its kind."""
    figures = [one for one in claims.quantities if one.unit != "ordinal"]
    cuts = [0, *(match.end() for match in _CUT.finditer(claims.text)), len(claims.text)]
    found = []
    for start, end in pairwise(cuts):
        inside = [one for one in figures if start <= one.start < end]
        words = tuple(token for token in claims.tokens if start <= token.start < end)
        names = frozenset(one.key for one in claims.names if start <= one.start < end and one.kind != "city")
        found += [
            _Labelled(one, words, names) for one in inside if sum(_comparable(one, other) for other in inside) == 1
        ]
    return found


def _comparable(one: Quantity, other: Quantity) -> bool:
    return one.noun == other.noun and (one.unit == other.unit or "" in (one.unit, other.unit))
