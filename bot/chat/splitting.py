"""A styled text in parts that Telegram accepts, none of which breaks a character, a word or an entity. Pure.

Telegram counts UTF-16 units and cuts nothing itself: one unit too many and the whole message is refused.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right

from bot.chat.styled import Styled, units

UNITS = 4096
ENTITIES = 100

_ZWJ = "\u200d"
_NO_BREAK = frozenset("\u00a0\u2007\u202f")
_EXTENDING = frozenset("\u200c\u200d\u0e33\u0eb3\uff9e\uff9f")


def split(whole: Styled, limit: int = UNITS, entities: int = ENTITIES) -> list[Styled]:
    """``whole`` in order, in as few parts as the limits allow; only the whitespace at the breaks is gone.

    A break is put between paragraphs, else between lines, else between words; inside a word only where the word
    alone is longer than a part.
    """
    text, offsets = whole.text, units(whole.text)
    parts = []
    start = _skip(text, 0)
    while start < len(text):
        end = bisect_right(offsets, offsets[start] + limit) - 1
        end = min(end, _entities_end(whole, start, entities, len(text)))
        if end < len(text):
            end = _break(text, start, end)
        visible = start + len(text[start:end].rstrip())
        part = whole.between(start, visible)
        parts.append(Styled(part.text, part.spans[:entities]))
        start = _skip(text, end)
    return parts


def cut(text: str, limit: int) -> str:
    """``text`` in at most ``limit`` units, with an ellipsis where something was left out."""
    offsets = units(text)
    if offsets[-1] <= limit:
        return text
    end = bisect_right(offsets, limit - 1) - 1
    while not breakable(text, end):
        end -= 1
    return text[:end].rstrip() + "…"


def breakable(text: str, at: int) -> bool:
    """Whether a reader sees ``text[at-1]`` and ``text[at]`` as two characters.

    Cautious rather than exact: where in doubt it says no, and the break moves to an earlier place.
    """
    if not 0 < at < len(text):
        return True
    before, after = text[at - 1], text[at]
    if unicodedata.category(after) in {"Mn", "Mc", "Me"} or after in _EXTENDING:
        return False
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\U000e0020" <= after <= "\U000e007f":  # skin tones, flag tags
        return False
    if before == _ZWJ or unicodedata.combining(before) == 9 or (before, after) == ("\r", "\n"):
        return False
    if _regional(before) and _regional(after):
        run = at - 1
        while run > 0 and _regional(text[run - 1]):
            run -= 1
        return (at - run) % 2 == 0
    return not (_hangul_start(before) and _hangul_continuation(after))


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at].isspace():
        at += 1
    return at


def _entities_end(whole: Styled, start: int, entities: int, otherwise: int) -> int:
    """Where the first entity too many begins. More than that many around one place cannot be helped here."""
    beginnings = sorted(span.start for span in whole.spans if span.end > start)
    if len(beginnings) <= entities or beginnings[entities] <= start:
        return otherwise
    return beginnings[entities]


def _break(text: str, start: int, end: int) -> int:
    """The best place to break ``text[start:]``, after ``start`` and at ``end`` at the latest."""
    half = start + (end - start) // 2
    for separator, earliest in (("\n\n", half), ("\n", half), (None, start)):
        for at in range(end, earliest, -1):
            if _separates(text, at, separator):
                return at
    for at in range(end, start, -1):
        if breakable(text, at):
            return at
    return end  # one character with thousands of marks on it: nothing is worth keeping together there


def _separates(text: str, at: int, separator: str | None) -> bool:
    """Whether a break at ``at`` falls on that whitespace, and on no character that continues on its other side."""
    if separator is not None and not text.startswith(separator, at):
        return False
    if not text[at].isspace() or text[at] in _NO_BREAK:
        return False
    return breakable(text, _skip(text, at)) and breakable(text, at)


def _regional(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _hangul_start(character: str) -> bool:
    return "\u1100" <= character <= "\u11ff" or "\ua960" <= character <= "\ua97c" or "\uac00" <= character <= "\ud7fb"


def _hangul_continuation(character: str) -> bool:
    return "\u1160" <= character <= "\u11ff" or "\ud7b0" <= character <= "\ud7fb"
