"""What the reader learns from: pairs of a question and a statement, and whether the one is answered by the other."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

from bot import folder, wordings
from bot.embedding import Embedder, Vectors
from bot.extracts import in_place
from bot.grounding.names import Mention, listed
from bot.library import Library
from bot.sentences import Statement, statements
from tests.benchmarks.reader.names import invented, renamed

NEAREST = 8  # statements beside a question that are told from one that answers it
CLOSEST = 3  # of them, for one of the two pairs of a question that nothing answers
SAME = 0.96  # cosine from which another statement may answer it as well
OWN = 0.75  # how often a statement is taken in the question's language
RENAMED = 0.35  # how often the names of a pair become others
ASTRAY = 0.12  # how often a question that is answered is asked of somebody else, and so is not
COMMON = frozenset({"city", "place"})  # whom nearly every statement names

Pair = tuple[str, str, float]  # question, statement, and 1 where it answers


@dataclass(frozen=True)
class Text:
    """A question or a statement, and the names in it."""

    text: str
    mentions: Sequence[Mention]


@dataclass(frozen=True)
class Asked:
    """A question, the numbers of the statements that answer it, and of those near to it that do not."""

    said: Text
    language: str
    answers: frozenset[int]
    near: tuple[int, ...]


@dataclass(frozen=True)
class Lessons:
    """All questions; the statements, and the numbers of each one's translations by their language."""

    asked: list[Asked]
    statements: list[Text]
    translations: list[dict[str, int]]

    def pairs(self, chance: random.Random) -> list[Pair]:
        """One epoch: two pairs of each question, drawn by ``chance``."""
        drawn: list[Pair] = []
        for one in self.asked:
            if one.answers:
                drawn.append(self._pair(one, chance.choice(sorted(one.answers)), True, chance))
                drawn += [self._pair(one, chance.choice(one.near), False, chance)] if one.near else []
            else:
                drawn += [self._pair(one, chance.choice(one.near[:most]), False, chance) for most in (CLOSEST, NEAREST)]
        chance.shuffle(drawn)
        return drawn

    def _pair(self, one: Asked, number: int, answered: bool, chance: random.Random) -> Pair:
        there = self.translations[number]
        own = there.get(one.language) if chance.random() < OWN else None
        statement = self.statements[chance.choice(list(there.values())) if own is None else own]
        drawn = chance.random()
        if drawn >= RENAMED + ASTRAY * answered:
            return one.said.text, statement.text, float(answered)
        kinds = {mention.key: mention.kind for mention in (*one.said.mentions, *statement.mentions)}
        names = {key: invented(kind, chance) for key, kind in kinds.items()}
        text = renamed(statement.text, statement.mentions, names)
        if drawn >= RENAMED:
            shared = {mention.key for mention in one.said.mentions} & {mention.key for mention in statement.mentions}
            other = {key: invented(kinds[key], chance) for key in shared if kinds[key] not in COMMON}
            names, answered = names | other, not other
        return renamed(one.said.text, one.said.mentions, names), text, float(answered)


def lessons(knowledge: Path, library: Library, embedder: Embedder) -> Lessons:
    """What there is to learn in a folder of knowledge that was taken in."""
    names, passages = library.glossary(), library.passages()

    def read(text: str) -> Text:
        plain = unicodedata.normalize("NFKC", text)
        return Text(plain, listed(plain, names))

    numbered = _Numbered([one for passage in passages for one in statements(passage)])
    twins = wordings.Twins(passages)
    there = [
        {other.passage.language: numbered.of(other) for other in wordings.translations(one, twins)}
        for one in numbered.statements
    ]
    first = [min(numbers.values()) for numbers in there]
    vectors = embedder.passages([in_place(one) for one in numbered.statements])
    _, entries = folder.worded(knowledge)
    told = [
        (one.question, one.language, frozenset(numbered.at(passages[row], start) for row, start in one.places))
        for one in wordings.place(entries, passages)[0]
    ]
    none: frozenset[int] = frozenset()
    told += [(text, language, none) for one in entries if not one.says for language, text in one.questions]
    asked = []
    for text, language, answers in told:
        said = names.said(text, language)
        near = _near(vectors @ embedder.query(said), vectors, first, answers)
        asked.append(Asked(read(said), language, answers, near))
    return Lessons(asked, [read(one.text) for one in numbered.statements], there)


@dataclass(frozen=True)
class _Numbered:
    statements: list[Statement]

    @cached_property
    def _numbers(self) -> dict[tuple[int, int], int]:
        return {(id(one.passage), one.start): number for number, one in enumerate(self.statements)}

    def of(self, statement: Statement) -> int:
        return self.at(statement.passage, statement.start)

    def at(self, passage: object, start: int) -> int:
        return self._numbers[id(passage), start]


def _near(cosines: Vectors, vectors: Vectors, first: Sequence[int], answers: frozenset[int]) -> tuple[int, ...]:
    """The statements nearest to a question, each in one language, without those that answer it."""
    own, found = {first[one] for one in answers}, dict[int, int]()
    for one in map(int, np.argsort(-cosines)[: 4 * NEAREST]):
        alike = max((float(vectors[one] @ vectors[other]) for other in answers), default=0.0)
        if first[one] not in own and alike < SAME:
            found.setdefault(first[one], one)
    return tuple(found.values())[:NEAREST]
