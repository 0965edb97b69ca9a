"""A sentence -> what it claims: quantities, dates, names, and how things stand. Pure.

The same reading is made of the statements of a passage, so that claims and what is to support them can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from bot.glossary import Glossary
from bot.grounding import dates, names
from bot.grounding.dates import Moment
from bot.grounding.markers import Marker, markers
from bot.grounding.names import Mention
from bot.grounding.quantities import Quantity, normal, quantities
from bot.words import HANGUL, Words

_MARKS = re.compile(r"\s*\[\s*\d+(?:\s*[,;]\s*\d+)*\s*\]")
_MARKUP = re.compile(r"\*\*|__|`|^\s*(?:[-*•]|\d{1,2}\.)\s+", re.MULTILINE)
_CODES = re.compile(
    r"(?<![\d.,])\+?\d{1,4}(?:[-/]\d{2,5}){1,3}(?:/E[A-Z])?(?!\d|[.,]\d)|(?<![\d.,])\d{1,2}-\d{1,2}(?=\s?(?:단계|공구|지구)|\b)|(?<![\d.,])\d+beon-gil|https?://\S+|(?<![\dA-Za-z])(?!k?m2|CO2)[A-Za-z]+-?\d+[A-Za-z]*"
)
_WORD = re.compile(r"[^\W_]+")
_EMPTY = frozenset(
    "the and for with from that this which have has had was were are been its their into than also more most such about there "
    "who whose when where while after before between during over under both each other according says said "
    "der die das den dem des ein eine einen einem einer eines und oder ist sind war waren wird werden wurde wurden worden mit von vom "
    "bei beim für auf aus zum zur nach über unter auch als wie dass sowie sich nicht noch nur hat haben hatte hatten durch sein seine "
    "ihre ihrer dort dabei damit laut zufolge sie man zu im in am an er es "
    "있습니다 있었습니다 입니다 합니다 했습니다 됩니다 되었습니다 이었습니다 였습니다 위해 위하여 대한 대하여 따르면 함께 등 및 또는 그리고 이 그 한 수 것 약 총 모두".split()
)
_ENDING = re.compile(
    r"(?<=[가-힣]{2})(?:(?:하|되|했|됐|이|였|었|았|시켰)?(?:습니다|었습니다|였습니다|ㅂ니다)|합니다|됩니다|입니다|하고|하며|하여|했고|했으며|되고|되며|되어|하는|되는|된|한|할|될|은|는|이|가|을|를|의|에|와|과|도|에서|으로|로|까지|부터)$"
)
_GERMAN = frozenset(
    "der die das den dem des ein eine einen einem einer und ist sind wird wurde wurden mit von vom für auf aus zum zur nach über "
    "nicht im am bei sowie auch werden soll sollte sollten rund bis".split()
)
_ENGLISH = frozenset(
    "the of and is are was were with from for by at to as on its a an which that has have had not be been about".split()
)
_BREAK = re.compile(
    r";\s|:\s|[.]\s(?=[A-Z가-힣])|,\s(?!\d{3})|\s(?:but|while|which|although|though|whereas|aber|obwohl|während|wobei|jedoch)\s"
    r"|\s(?:and|und)\s(?=(?:is|are|was|were|had|has|have|will|to|later|then|planned|plans?|not|soll\w*|wurde\w*|wird|war\w*|hat\w*|ist)\b)"
    r"|(?<=[가-힣](?:며|고|나|만|데|서))\s(?=[가-힣A-Z0-9])"
)


@dataclass(frozen=True)
class Token:
    """A content word at ``start:end``, by the pieces that survive inflection and compounding."""

    grams: frozenset[str]
    start: int
    end: int

    def met(self, grams: frozenset[str]) -> bool:
        """Whether at least half of it is in ``grams``."""
        return 2 * len(self.grams & grams) >= len(self.grams)


@dataclass(frozen=True)
class Claims:
    """What one sentence, or one statement, says."""

    text: str
    language: str
    moments: tuple[Moment, ...]
    quantities: tuple[Quantity, ...]
    codes: tuple[str, ...]
    names: tuple[Mention, ...]
    nested: frozenset[str]  # what is named within longer names
    surfaces: tuple[str, ...]  # names that no list holds
    markers: tuple[Marker, ...]
    tokens: tuple[Token, ...]

    @cached_property
    def keys(self) -> frozenset[str]:
        """The entities and places named."""
        return frozenset(one.key for one in self.names)

    @cached_property
    def grams(self) -> frozenset[str]:
        """All pieces of all its words."""
        return frozenset(gram for token in self.tokens for gram in token.grams)

    @cached_property
    def bare(self) -> str:
        """Its letters and digits."""
        return names.bare(self.text)

    @cached_property
    def nameless(self) -> str:
        """Its text, of the same length, with one sign for every listed name."""
        text = self.text
        for one in self.names:
            text = text[: one.start] + "¤".ljust(one.end - one.start) + text[one.end :]
        return text

    @cached_property
    def clauses(self) -> tuple[tuple[int, int], ...]:
        """Where its clauses begin and end."""
        cuts = [0, *(match.end() for match in _BREAK.finditer(self.text)), len(self.text)]
        return tuple(pairwise(cuts))

    def clause(self, at: int) -> tuple[int, int]:
        """The clause around an offset."""
        return next((one for one in self.clauses if one[0] <= at < one[1]), (0, len(self.text)))

    def named_in(self, span: tuple[int, int]) -> frozenset[str]:
        """The entities and places named between two offsets; a city of the glossary is named everywhere."""
        return frozenset(one.key for one in self.names if span[0] <= one.start < span[1] and one.kind != "city")


def read(text: str, glossary: Glossary, language: str = "", words: Words | None = None) -> Claims:
    """What ``text`` claims. ``words`` knows Korean proper names; without it those no list holds are not seen."""
    text = plain(text)
    language = language or spoken(text)
    found = names.listed(text, glossary)
    # "InterBattery Europe 2025" has a year, "Yeongilman 4" no number.
    unnamed = text
    for one in found:
        span = re.sub(
            r"(?<!\d)(?!(?:19|20)\d\d(?!\d))\d+", lambda match: "\0" * len(match.group()), text[one.start : one.end]
        )
        unnamed = unnamed[: one.start] + span + unnamed[one.end :]
    moments = dates.dates(unnamed)
    undated = dates.without(unnamed, moments)
    codes = [match for match in _CODES.finditer(undated) if any(letter.isdigit() for letter in match.group())]
    uncoded = undated
    for match in codes:
        uncoded = uncoded[: match.start()] + "\0" * len(match.group()) + uncoded[match.end() :]
    counted = quantities(uncoded, language)
    rest = names.without(undated, found)
    for quantity in counted:
        rest = rest[: quantity.start] + "\0" * (quantity.end - quantity.start) + rest[quantity.end :]
    return Claims(
        text=text,
        language=language,
        moments=tuple(moments),
        quantities=tuple(counted),
        codes=tuple(_code(match.group()) for match in codes),
        names=tuple(found),
        nested=frozenset(names.nested(text, found, glossary)),
        surfaces=tuple(dict.fromkeys(names.unlisted(rest, text, language, words))),
        markers=tuple(markers(text, language)),
        tokens=tuple(_tokens(rest)),
    )


def plain(text: str) -> str:
    """A sentence without the marks of its citations and without markup, in its normal form."""
    return " ".join(normal(_MARKUP.sub("", _MARKS.sub("", text))).split())


def spoken(text: str) -> str:
    """The language of a sentence, as far as numbers and names depend on it."""
    hangul = len(HANGUL.findall(re.sub(r"\([^)]*\)", "", text)))
    words = re.findall(r"[^\W\d_]+", text.casefold())
    if hangul > 0.25 * len(re.findall(r"[^\W\d_]", text)):
        return "ko"
    german, english = (sum(word in small for word in words) for small in (_GERMAN, _ENGLISH))
    return "de" if german > english or (german == english and re.search("[äöüß]", text)) else "en"


def overlap(tokens: Sequence[Token], grams: frozenset[str]) -> float:
    """The share of ``tokens`` that ``grams`` hold."""
    return sum(token.met(grams) for token in tokens) / len(tokens) if tokens else 1.0


def _code(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return digits.removeprefix("82").lstrip("0") if len(digits) > 8 else re.sub(r"[^\w]", "", text.casefold())


def _tokens(text: str) -> Iterable[Token]:
    for match in _WORD.finditer(text):
        word = match.group().casefold()
        if word in _EMPTY or word.isdigit():
            continue
        if HANGUL.search(word):
            size, padded = 2, _ENDING.sub("", word)
        else:
            size, padded = 4, f"_{word}_"
            if len(word) < 3:
                continue
        grams = frozenset(padded[n : n + size] for n in range(max(1, len(padded) - size + 1)))
        yield Token(grams, *match.span())
