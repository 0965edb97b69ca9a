"""A question as it was meant: slips of the keyboard and of the fingers put right, by the words the documents use. Pure.

Only a word that the documents do not know is touched, and only where one that they know is so near that a slip explains
it: letters swapped, doubled, left out or typed in the other keyboard. So a name that nobody knows stays as it is.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cached_property

from bot import keyboard
from bot.words import HANGUL

_TOKEN = re.compile(r"[^\W_]+")
_JAMO = re.compile(r"[ㄱ-ㅎㅏ-ㅣ]")
_SHORTEST = 4  # letters of a word that is put right; of so short ones only swapped letters
_SURE = 8  # letters from which a known word may be two slips away
_ONE_SLIP, _TWO_SLIPS = 5, 11  # letters from which one slip, two slips, are believed
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm", "qwertzuiopü", "asdfghjklöä", "yxcvbnm")
# Letters of the Hangul alphabet that sound alike, or that fingers double: 인터베터리 for 인터배터리, 유롭 for 유럽.
_ALIKE = str.maketrans(
    dict(
        pair
        for group in ("ᅦᅢᅤᅨᅬᅫᅰ", "ᅥᅧᅩᅭ", "ᅳᅮᅲ", "ᅡᅣ", "ᅵᅴᅱ", "ᄀᄁ", "ᄃᄄ", "ᄇᄈ", "ᄉᄊ", "ᄌᄍ", "ᆺᆻ", "ᆨᆩᆿ")
        for pair in zip(group, group[0] * len(group), strict=True)
    )
)
_TAIL = 2  # syllables that may hang on a Korean word
_UMLAUTS = (("ae", "ä"), ("oe", "ö"), ("ue", "ü"), ("ss", "ß"))


class Lexicon:
    """The words of some texts, and which of them a word was meant to be."""

    def __init__(self, texts: Iterable[str], others: Iterable[str] = ()) -> None:
        counts: Counter[str] = Counter()
        for text in texts:
            counts.update(token for token in _TOKEN.findall(text.casefold()) if token.isalpha())
        self._counts = counts
        self._others = frozenset(others)

    def __contains__(self, word: str) -> bool:
        return word.casefold() in self._counts or word.casefold() in self._others

    def compounds(self, word: str) -> bool:
        """Whether ``word`` begins or ends with a shorter word that is known."""
        cuts = range(_SHORTEST, len(word) - 2)
        return any(word[:cut] in self._counts or word[-cut:] in self._counts for cut in cuts)

    @cached_property
    def _latin(self) -> list[tuple[str, str, int]]:
        """The words in Latin letters, without doubled ones, and the letters that each has as bits."""
        words = [word for word in (*self._counts, *self._others) if len(word) >= _SHORTEST and not HANGUL.search(word)]
        return [(word, _single(word), _letters(word)) for word in words]

    @cached_property
    def _sounds(self) -> dict[str, str]:
        """How the Korean words sound -> the commonest that sounds so."""
        words = sorted((*self._others, *self._counts), key=lambda word: self._counts[word])
        return {_sound(word): word for word in words if len(word) > 1 and HANGUL.search(word)}

    def heard(self, word: str, shortest: int) -> str:
        """The known Korean word of ``shortest`` syllables or more that sounds like ``word``, with what hangs on it;
        ``word`` itself where there is none.
        """
        for end in range(len(word), max(shortest - 1, len(word) - _TAIL - 1), -1):
            if known := self._sounds.get(_sound(word[:end])):
                return known + word[end:]
        return word

    def meant(self, word: str) -> str:
        """The known word that ``word`` is a slip of; ``word`` itself where none is near enough."""
        low = word.casefold()
        for digraph, umlaut in _UMLAUTS:
            if (umlauted := low.replace(digraph, umlaut)) in self._counts:
                return umlauted
        if len(low) < _SHORTEST:
            return word
        slips = 2 if len(low) >= _TWO_SLIPS else 1
        letters, single = _letters(low), _single(low)
        best: tuple[int, int, str] | None = None
        for known, plain, bits in self._latin:
            if known[0] != low[0] or abs(len(known) - len(low)) > slips or (bits ^ letters).bit_count() > 2 * slips:
                continue
            # Another ending is another form of the word, or another word: fell and feels.
            swapped = sorted(low) == sorted(known)
            if (known[-1] != low[-1] and not swapped) or (apart := distance(single, plain)) > slips:
                continue
            # A short word has too many neighbours: only the same letters in another order are a slip of it.
            if len(low) < _ONE_SLIP and not swapped:
                continue
            if apart == 1 and not _slipped(single, plain):
                continue
            if best is None or (apart, -self._counts[known]) < best[:2]:
                best = apart, -self._counts[known], known
        return best[2] if best else word

    def near(self, word: str) -> bool:
        """Whether a known word, or a longer one's beginning, is so near that ``word`` may be a slip of it.

        More generous than :meth:`meant`, which has to be sure. In Hangul letter by letter, not syllable by syllable.
        """
        letters = _jamo(word.casefold())
        slips = 1 if len(letters) < _SURE else 2
        bits = _letters(letters)
        for known, held in self._by_beginning.get(letters[:2], ()):
            if (bits & ~held).bit_count() > slips or len(known) < len(letters) - slips:
                continue
            if distance(letters, known) <= slips or (
                len(known) > len(letters) + slips and distance(letters, known[: len(letters)]) < 2
            ):
                return True
        return False

    @cached_property
    def _by_beginning(self) -> dict[str, list[tuple[str, int]]]:
        """The words as single letters, and those as bits, by the first two."""
        found: dict[str, list[tuple[str, int]]] = {}
        for word in self._counts:
            if len(letters := _jamo(word)) >= _SHORTEST:
                found.setdefault(letters[:2], []).append((letters, _letters(letters)))
        return found


def _jamo(text: str) -> str:
    """Hangul syllables taken apart into their letters; everything else as it is."""
    return unicodedata.normalize("NFD", text) if HANGUL.search(text) else text


def corrected(question: str, known: Callable[[str], bool], lexicon: Lexicon, names: frozenset[str]) -> str:
    """``question`` as it was meant. ``known``: whether the documents or the glossary know a word; ``names``: words, in
    lower case, that look like names of somebody and are left alone unless they were typed in the other keyboard.
    """

    def heard(word: str) -> str:
        # Of two syllables there are verbs as well; a name is worth the try.
        return lexicon.heard(word, 2 if word in names else 3)

    def meant(match: re.Match[str]) -> str:
        word = match.group()
        if any(character.isdigit() for character in word) or known(word):
            return word
        if _JAMO.search(word):
            return _believed(keyboard.latin(word), word, known)
        if HANGUL.search(word):
            tail = re.search(r"[a-zA-Z]+$", word)
            if tail and not known(tail.group()):  # the switch was forgotten in the middle: 투엔dms
                return word[: tail.start()] + (keyboard.hangul(tail.group()) or tail.group())
            turned = keyboard.latin(word) if not tail else None
            return turned if turned and len(turned) >= _SHORTEST and known(turned) else heard(word)
        turned = keyboard.hangul(word)
        if turned and len(turned) > 1 and known(turned):
            return turned
        return word if word.casefold() in names else lexicon.meant(word)

    return _TOKEN.sub(meant, question)


def _believed(turned: str | None, word: str, known: Callable[[str], bool]) -> str:
    return turned if turned and known(turned) else word


def distance(one: str, other: str) -> int:
    """How many letters must be put in, left out, replaced or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, opposite in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != opposite))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == opposite:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _slipped(one: str, other: str) -> bool:
    """Whether one slip makes the one the other: not any letter for another, but the one beside it on the keyboard."""
    if len(one) != len(other) or sorted(one) == sorted(other):
        return True
    typed, meant = next((a, b) for a, b in zip(one, other, strict=True) if a != b)
    return any(typed + meant in row or meant + typed in row for row in _ROWS) or {typed, meant} == {"y", "z"}


def _sound(word: str) -> str:
    return _jamo(word).translate(_ALIKE)


def _single(word: str) -> str:
    return re.sub(r"(.)\1+", r"\1", word)


def _letters(word: str) -> int:
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) % 64)
    return bits
