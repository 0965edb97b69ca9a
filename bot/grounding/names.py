"""Which names a text holds: those of the glossary in every spelling, places, and what else looks like a name. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from bot.glossary import Glossary
from bot.grounding import places
from bot.words import HANGUL, Words

_PARTICLES = "은는이가을를의에와과도만로"
# In capitals, and no name of anybody.
_GENERIC = frozenset(
    "mou mous co2 co ess ec eg ai ki ev evs ceo cto r&d it usd eur krw us the a an in on at of as by for from to with its it this that these mayor "
    "vice president minister ministry city province university professor governor division department office north south "
    "new national international korean german european mr ms dr prof article artikel battery batterie phase stage stufe "
    "director chair chairman deputy government board park day session zone centre center institute conference day".split()
)
_LETTER = r"[^\W_가-힣]"
_CAPITAL = rf"[A-ZÄÖÜ](?:{_LETTER}|[&'’.-])*{_LETTER}|[A-ZÄÖÜ]"
_SEQUENCE = re.compile(
    rf"(?<![^\W가-힣])(?<!-)(?:[a-z](?=[A-Z]))?(?:{_CAPITAL})(?:[ ](?:{_CAPITAL}|\d{{1,3}}(?![\d.,])))*"
)
_COMPOUND = re.compile(r"-(?![a-z])")
_QUOTED = re.compile(
    r"“([^”]{2,60})”|„([^“”]{2,60})[“”]|‘([^’]{2,60})’|«([^»]{2,60})»|\"([^\"]{2,60})\"|(?<!\w)'([^']{2,60})'(?!\w)"
)


@dataclass(frozen=True)
class Mention:
    """A name at ``start:end``. ``kind`` is the glossary's, "place", or "" for one that nobody listed."""

    key: str
    kind: str
    start: int
    end: int

    @property
    def listed(self) -> bool:
        """Whether the glossary, or the list of places, knows its other spellings."""
        return bool(self.kind)


def listed(text: str, glossary: Glossary) -> list[Mention]:
    """The glossary's names and the places in ``text`` (in its normal form), in order."""
    found = []
    pattern, keys = _pattern(tuple((one.id, one.kind, one.spellings) for one in glossary.entities))
    rest = text
    if pattern is not None:
        for match in pattern.finditer(text):
            folded = _fold(match.group())
            key, kind = keys.get(folded) or keys[folded.removesuffix("er")]  # Pohanger: of Pohang
            found.append(Mention(key, kind or "name", *match.span()))
            rest = rest[: match.start()] + "\0" * len(match.group()) + rest[match.end() :]
    for match in places.PATTERN.finditer(rest):
        place = places.key_of(match.group())
        if place and place[1]:
            found.append(Mention(place[0], "place", *match.span()))
    return sorted(found, key=lambda one: one.start)


def nested(text: str, found: Iterable[Mention], glossary: Glossary) -> Iterator[str]:
    """What is named within a longer name: the university in that of its gymnasium."""
    for outer in found:
        for cut in (1, -1):
            span = text[outer.start + max(cut, 0) : outer.end + min(cut, 0)]
            yield from (one.key for one in listed(span, glossary) if one.kind != outer.kind)


def unlisted(text: str, whole: str, language: str, words: Words | None) -> Iterator[str]:
    """What else looks like a name in ``text``, which is ``whole`` with its listed names, dates and numbers blanked."""
    for match in _QUOTED.finditer(text):
        quoted = next(group for group in match.groups() if group)
        if "\0" not in quoted:
            yield f"“{quoted}”"
    tagged = frozenset(words.names(whole, language)) if words is not None else frozenset()
    for match in _SEQUENCE.finditer(text):
        opens = _opens(text, match.start()) and match.group().split()[0].casefold() not in tagged
        tokens = [re.sub("['’]s?$", "", token).strip(".'’-") for token in match.group().split()]
        several = len(tokens) > 1
        if opens and not _strong(tokens[0]) and (language == "de" or not several):
            tokens = tokens[1:]
        # German writes every noun so; LFP-Kathodenwerk names LFP. Jun-ho is one name.
        if language == "de":
            tokens = [part for token in tokens for part in _COMPOUND.split(token) if several or _strong(part)]
        tokens = [token for token in tokens if token and token.casefold() not in _GENERIC]
        yield from (token for token in tokens if not token.isdigit() and len(token) > 1)
    yield from sorted(name for name in tagged if HANGUL.search(name) and name in text)


def strong(name: str) -> bool:
    """Whether a name in Latin letters can be nothing else, in any language: POSTECH, EcoPro, CO2."""
    return _strong(name)


def heard(name: str, text: str) -> bool:
    """Whether a name sounds in the other script of ``text``: KOTRA is 코트라, POSCO is 포스코."""
    if re.fullmatch("[가-힣]+", name):
        consonants = _hangul_consonants(name)
        return len(consonants) >= 2 and any(consonants == _latin_consonants(word) for word in _LATIN_NAME.findall(text))
    consonants = _latin_consonants(name)
    return len(consonants) >= 2 and any(consonants in _hangul_consonants(word) for word in re.findall("[가-힣]+", text))


_LATIN_NAME = re.compile(r"[A-Z][A-Za-z]+")
_LATIN = str.maketrans(
    {
        **dict.fromkeys("gkcqx", "k"),
        **dict.fromkeys("dt", "t"),
        **dict.fromkeys("bpfv", "p"),
        "j": "j",
        "z": "j",
        "l": "r",
    }
)
_LEADS = "kknttrmppss-jjjktp-"
_TAILS = ("", *"kkknnntrrrrrrrrmppssnjjktp-")


def _latin_consonants(name: str) -> str:
    letters = re.sub("ch", "j", re.sub("ng", "n", re.sub("sh", "s", name.casefold())))
    return re.sub(r"(.)\1+", r"\1", re.sub("[^kntrmpsj]", "", letters.translate(_LATIN)))


def _hangul_consonants(word: str) -> str:
    sounds = []
    for syllable in word:
        code = ord(syllable) - 0xAC00
        sounds += [_LEADS[code // 588], _TAILS[code % 28]]
    return re.sub(r"(.)\1+", r"\1", "".join(sounds).replace("-", ""))


def bare(text: str) -> str:
    """Letters and digits only: a surface to look for in another text."""
    return "".join(re.findall(r"[^\W_]+", text.casefold()))


def bases(name: str) -> tuple[str, ...]:
    """A name as it is, and, if it is Korean and long enough, without what may be a particle."""
    plain = bare(name)
    cut = "가" <= plain[-1:] <= "힣" and len(plain) > 3 and plain[-1] in _PARTICLES
    return (plain, plain[:-1]) if cut else (plain,)


def without(text: str, spans: Iterable[Mention]) -> str:
    """``text`` with names blanked."""
    for one in spans:
        text = text[: one.start] + "\0" * (one.end - one.start) + text[one.end :]
    return text


def _strong(token: str) -> bool:
    return sum(letter.isupper() for letter in token) >= 2 and not re.fullmatch(
        r"[A-ZÄÖÜ][a-zäöüß]+(?:-[A-ZÄÖÜ][a-zäöüß]+)+", token
    )


def _opens(text: str, start: int) -> bool:
    return re.search(r"(?:^|[.!?:;…]\s|\n)[\s„“\"'(*•-]*$", text[:start]) is not None


@lru_cache(4)
def _pattern(
    entities: tuple[tuple[str, str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str] | None, dict[str, tuple[str, str]]]:
    keys = {_fold(spelling): (key, kind) for key, kind, spellings in entities for spelling in spellings}
    keys.pop("", None)
    if not keys:
        return None, keys
    # That nothing precedes is asked once, and by first letters: most places in a text begin no name.
    by_first: dict[str, list[str]] = defaultdict(list)
    for spelling in sorted(keys, key=len, reverse=True):
        by_first[spelling[0]].append(_after_first(spelling))
    lettered = [f"{first}(?:{'|'.join(rest)})" for first, rest in by_first.items() if first.isalnum()]
    others = [f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items() if not first.isalnum()]
    parts = [rf"(?<![^\W_])(?:{'|'.join(lettered)})" if lettered else "", *others]
    return re.compile("|".join(filter(None, parts)), re.IGNORECASE), keys


def _after_first(spelling: str) -> str:
    pattern = r"\s+".join(map(re.escape, spelling.split()))
    after = r"(?:er)?(?![^\W_가-힣])" if spelling[-1].isalnum() and not HANGUL.match(spelling[-1]) else ""
    return pattern.removeprefix(re.escape(spelling[0])) + after


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())
