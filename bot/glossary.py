"""The glossary: every spelling of a name leads to one entity. Pure; read from ``knowledge/glossary.toml``.

Companies from Korea are met in a dozen spellings (투엔, ㈜투엔, Tuen, Tu-en). Search adds the entity's mark to the words of
question and passage, and its other names to what is embedded of the question, so that each spelling finds them all.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from bot.words import HANGUL

REMEMBERED = 20_000  # texts, mostly statements
OTHER_NAMES = 3  # that are added to a question; each costs time, and more of them drown it


@dataclass(frozen=True)
class Entity:
    """One company, fair, institution, place or programme, with every spelling met so far."""

    id: str
    names: dict[str, str]  # per language
    kind: str = ""
    variants: tuple[str, ...] = ()

    @property
    def spellings(self) -> tuple[str, ...]:
        """All names and variants, without repetition."""
        return tuple(dict.fromkeys((*self.names.values(), *self.variants)))

    def name_in(self, language: str) -> str:
        """The name to show to a reader of ``language``."""
        return self.names.get(language) or self.names.get("en") or next(iter(self.names.values()), self.id)


@dataclass(frozen=True)
class Glossary:
    """All entities; finds them in a text, the longest spelling first (Pohang TechnoPark is not Pohang)."""

    entities: tuple[Entity, ...] = ()
    _by_spelling: dict[str, Entity] = field(init=False, repr=False, compare=False)
    _pattern: re.Pattern[str] | None = field(init=False, repr=False, compare=False)
    _found: Callable[[str], tuple[Entity, ...]] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_spelling = {_fold(spelling): entity for entity in self.entities for spelling in entity.spellings}
        by_spelling.pop("", None)
        longest_first = sorted(by_spelling, key=len, reverse=True)
        object.__setattr__(self, "_by_spelling", by_spelling)
        object.__setattr__(self, "_pattern", _any_of(longest_first) if longest_first else None)
        object.__setattr__(self, "_found", lru_cache(REMEMBERED)(self._find))

    def find(self, text: str) -> tuple[Entity, ...]:
        """The entities that ``text`` names, in order of first mention. The same statements are looked at again and
        again, so what was found is remembered.
        """
        return self._found(text)

    def _find(self, text: str) -> tuple[Entity, ...]:
        if self._pattern is None:
            return ()
        found = (self._by_spelling[_fold(match.group())] for match in self._pattern.finditer(_fold(text)))
        return tuple({entity.id: entity for entity in found}.values())

    def canonical(self, text: str, language: str) -> str:
        """``text`` with every spelling of an entity replaced by its name in ``language``; its folded form otherwise."""
        if self._pattern is None:
            return text
        return self._pattern.sub(lambda match: self._by_spelling[_fold(match.group())].name_in(language), _fold(text))

    def without_names(self, text: str) -> str:
        """``text`` without the entities it names, and without the Korean particles that hang on them."""
        if self._pattern is None:
            return text
        return re.sub(rf"\0(?:{_PARTICLES})?(?![가-힣])|\0", " ", self._pattern.sub("\0", _fold(text)))

    def telling(self, text: str) -> tuple[str, ...]:
        """The ids of the entities that tell what ``text`` is about: the city is named in every second sentence."""
        return tuple(entity.id for entity in self.find(text) if entity.kind != "city")

    def said(self, question: str, language: str) -> str:
        """``question`` as it is said to the embedder.

        A name counts as one thing, whatever its spelling: as its mark among the words, in all its languages for the
        vectors, to which 투엔 and Tuen are strangers.
        """
        entities = self.find(question)
        spoken = self.canonical(question, language) if entities else question
        other = [name for entity in entities for name in entity.names.values() if name not in spoken]
        return " ".join([spoken, *list(dict.fromkeys(other))[:OTHER_NAMES]])

    def entity(self, name: str) -> Entity | None:
        """The entity whose id or spelling is exactly ``name``."""
        by_id = {entity.id: entity for entity in self.entities}
        return by_id.get(name.strip().lower()) or self._by_spelling.get(_fold(name))

    def hangul_names(self) -> Iterable[str]:
        """The spellings a Korean morphological analyser should know as names."""
        return (spelling for entity in self.entities for spelling in entity.spellings if HANGUL.search(spelling))


def parse(text: str) -> Glossary:
    """The Glossary that ``glossary.toml`` holds. Raises ValueError naming an entity that is incomplete or doubled."""
    entities: dict[str, Entity] = {}
    spelt: dict[str, str] = {}
    try:
        rows = tomllib.loads(text).get("entity", [])
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"glossary.toml: {error}") from error
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("glossary.toml: every entity begins with a line [[entity]]")
    for number, row in enumerate(rows, 1):
        if not row.get("id") or not any(row.get(language) for language in ("ko", "en", "de")):
            raise ValueError(f"glossary.toml: entity {number} needs an id and a name in at least one of ko, en, de")
        variants = row.get("variants", [])
        names = [row.get(key, "") for key in ("id", "ko", "en", "de", "kind")]
        if not isinstance(variants, list) or not all(isinstance(name, str) for name in [*names, *variants]):
            raise ValueError(f"glossary.toml: entity {number}: variants is a list of texts, everything else a text")
        entity = Entity(
            id=row["id"],
            names={language: row[language] for language in ("ko", "en", "de") if row.get(language)},
            kind=row.get("kind", ""),
            variants=tuple(variants),
        )
        if entity.id in entities:
            raise ValueError(f"glossary.toml: the id {entity.id!r} stands twice")
        for spelling in entity.spellings:
            other = spelt.setdefault(_fold(spelling), entity.id)
            if other != entity.id:
                raise ValueError(f"glossary.toml: {spelling!r} leads to both {other!r} and {entity.id!r}")
        entities[entity.id] = entity
    return Glossary(tuple(entities.values()))


_PARTICLES = (
    "은|는|이|가|을|를|의|에|에서|에게|와|과|랑|이랑|하고|도|만|로|으로|란|이란|부터|까지|이나|나|이라는|라는|씨"
)


def _fold(text: str) -> str:
    """One form for every way to write the same: a name may stand in full-width letters or be broken over two lines."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


def _any_of(spellings: Sequence[str]) -> re.Pattern[str]:
    """A pattern that meets one of the names, not a longer word: Korean particles may follow, nothing may precede.

    That nothing precedes is asked first and once: most places in a text are within a word.
    """
    lettered = [_bounded(spelling) for spelling in spellings if spelling[0].isalnum()]
    others = [_bounded(spelling) for spelling in spellings if not spelling[0].isalnum()]
    parts = [rf"(?<![^\W_])(?:{'|'.join(lettered)})" if lettered else "", "|".join(others)]
    return re.compile("|".join(part for part in parts if part))


def _bounded(spelling: str) -> str:
    pattern = r"\s+".join(map(re.escape, spelling.split()))
    after = r"(?![^\W_가-힣])" if spelling[-1].isalnum() and not HANGUL.match(spelling[-1]) else ""
    return pattern + after
