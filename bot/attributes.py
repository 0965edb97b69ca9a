"""The attributes that a text speaks of: revenue, opening hours, who founded it. Pure, but for the list beside it.

A question for an attribute is rarely answered by a text that has no word for it in any language, however much else the
two have in common: all that is known of a company is near to a question on its revenue.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path

from bot.words import HANGUL

_WORD = re.compile(r"[^\W_]+")
# A word that asks is no name of what is missing: "nothing on \"where\"".
_ASKING = re.compile(r"(?:wo|where|wohin|woher|best|beste[nrs]?|besser|better)$|어디|얼마|언제|몇", re.IGNORECASE)
_LIST = Path(__file__).with_suffix(".toml")


def of(text: str) -> frozenset[str]:
    """The attributes that ``text`` has a word for."""
    plain = _plain(text)
    return frozenset(attribute for attribute, forms in _forms().items() if any(form in plain for form in forms))


def among(attributes: frozenset[str], text: str) -> frozenset[str]:
    """Those of ``attributes`` that ``text`` has a word for."""
    plain = _plain(text)
    return frozenset(one for one in attributes if any(form in plain for form in _forms()[one]))


def rarity(attribute: str, texts: Sequence[str]) -> float:
    """How telling it is to speak of ``attribute``, by a sample of texts: high where few of them do, like an idf."""
    held = sum(bool(among(frozenset({attribute}), text)) for text in texts)
    return math.log((len(texts) + 1) / (held + 0.5))


def label(attribute: str, question: str) -> str:
    """The word that ``question`` has for the attribute, as it stands there."""
    words = (word.strip("?!.,:;„“\"'()") for word in question.split())
    return next((word for word in words if attribute in of(word) and not _ASKING.match(word)), "")


@lru_cache(4_096)
def _plain(text: str) -> str:
    """The words of ``text`` in lower case, each after a space."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


@cache
def _forms() -> dict[str, tuple[str, ...]]:
    """Each attribute's forms as they stand in a plain text: Latin ones begin a word, Korean ones need not."""
    with _LIST.open("rb") as file:
        return {name: tuple(map(_form, forms)) for name, forms in tomllib.load(file).items()}


def _form(written: str) -> str:
    form = " ".join(_WORD.findall(written.casefold()))
    begins = "" if HANGUL.search(form) else " "
    return f"{begins}{form}{' ' if written.endswith(('$', ' ')) else ''}"
