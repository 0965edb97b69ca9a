"""In what words people ask for what the documents say: ``wordings.toml`` beside the documents.

A statement is found by the questions it answers as well as by its own words: document expansion (Nogueira and Lin 2019,
"From doc2query to docTTTTTquery"), with questions that people wrote. Staff add one where visitors ask in words that
find nothing::

    [[statement]]
    document = "battery-circulation-cluster"        # a document of the same folder, in whatever languages it is there
    says = "The cluster cost KRW 48.9 billion."     # one of its statements, word by word, in any of them
    en = ["What did they spend on the battery centre?"]
    ko = ["순환클러스터 짓는 데 얼마 들었어요?"]

    [[unanswered]]
    document = "battery-circulation-cluster"        # what people ask of its subject in vain, see bot/heard.py
    en = ["What does a test there cost me?"]
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from bot.embedding import Vectors
from bot.glossary import Glossary
from bot.passages import Passage
from bot.sentences import Statement, statements
from bot.twins import Twins

NAME = "wordings.toml"
FILE = "wordings.json"
LANGUAGES = ("ko", "en", "de")
# How much nearer two questions for one thing lie to each other than a question to the sentence that answers it.
CLOSER = 0.02
ELSEWHERE = 0.03  # by how much less alike a question is that names something else
NOWHERE = -1.0  # the likeness of what nobody worded
_KEYS = {"document", "says", *LANGUAGES}


@dataclass(frozen=True)
class Entry:
    """Questions, each with its language, that one statement of a document answers; nothing does where ``says`` is ""."""

    document: str  # its path without language and ending
    says: str
    questions: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Placed:
    """A question, and the statements that answer it: their passages' rows, and where they start in them."""

    question: str
    language: str
    places: tuple[tuple[int, int], ...]
    named: frozenset[str] = frozenset()  # ids of the entities in it


class Wordings:
    """The ``placed`` questions of a generation, with their vectors, shape (questions, dimensions).

    ``rows`` are those of the passages that answer any.
    """

    def __init__(self, placed: Sequence[Placed], vectors: Vectors, passages: Sequence[Passage]) -> None:
        self._vectors = vectors
        at = [(row, number) for number, one in enumerate(placed) for row, _ in one.places]
        rows, self._numbers = np.array(at, np.int64).reshape(-1, 2).T
        self.rows, self._own = np.unique(rows, return_inverse=True)
        self._naming: Mapping[str, list[int]] = defaultdict(list)
        for number, one in enumerate(placed):
            for entity in one.named:
                self._naming[entity].append(number)
        self._named = np.array([len(one.named) for one in placed])
        self._by_statement: Mapping[tuple[Passage, int], list[int]] = defaultdict(list)
        for number, one in enumerate(placed):
            for row, start in one.places:
                self._by_statement[passages[row], start].append(number)

    def likeness(self, query: Vectors, named: frozenset[str]) -> Vectors:
        """Of each question to the one asked, which names these entities, as the cosine of a sentence that answers it
        would be; less for one that names another thing.
        """
        known = np.zeros(len(self._named), int)
        for entity in named:
            known[self._naming.get(entity, [])] += 1
        elsewhere = (known < self._named) if named else np.zeros(len(known), bool)
        return self._vectors @ query - CLOSER - ELSEWHERE * elsewhere

    def of_passages(self, likeness: Vectors) -> Vectors:
        """The best likeness of each passage that somebody asked for, in the order of ``rows``."""
        best = np.full(len(self.rows), NOWHERE, np.float32)
        np.maximum.at(best, self._own, likeness[self._numbers])
        return best

    def of(self, statement: Statement, likeness: Vectors) -> float:
        """The best likeness among the questions that ``statement`` answers."""
        numbers = self._by_statement.get((statement.passage, statement.start))
        return float(likeness[numbers].max()) if numbers else NOWHERE

    def holds(self, statement: Statement) -> bool:
        """Whether anybody worded a question for the statement."""
        return (statement.passage, statement.start) in self._by_statement


def parse(text: str, file: str) -> tuple[Entry, ...]:
    """The entries of the ``wordings.toml`` at the path ``file``. Raises ValueError naming what is wrong with it."""
    try:
        tables: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{file}: {error}") from error
    if unknown := tables.keys() - {"statement", "unanswered"}:
        raise ValueError(f"{file}: [[{min(unknown)}]] is neither [[statement]] nor [[unanswered]].")
    folder = PurePosixPath(file).parent
    if single := [kind for kind, rows in tables.items() if not isinstance(rows, list)]:
        raise ValueError(f"{file}: {single[0]} begins with a line [[{single[0]}]].")
    return tuple(_entry(row, kind, folder, file) for kind, rows in tables.items() for row in rows)


def _entry(row: Any, kind: str, folder: PurePosixPath, file: str) -> Entry:
    if not isinstance(row, dict) or not row.get("document") or (kind == "statement") != bool(row.get("says")):
        needs = "document and says" if kind == "statement" else "document, and no says"
        raise ValueError(f"{file}: every [[{kind}]] needs {needs}.")
    if unknown := row.keys() - _KEYS:
        raise ValueError(f"{file}: {min(unknown)} is none of {', '.join(sorted(_KEYS))}.")
    if not all(isinstance(row.get(name, ""), str) for name in ("document", "says")):
        raise ValueError(f"{file}: document and says are texts in quotation marks.")
    for language in LANGUAGES:
        asked = row.get(language, [])
        if not isinstance(asked, list) or not all(isinstance(one, str) for one in asked):
            raise ValueError(f'{file}: {language} is a list of questions, {language} = ["…", "…"].')
    questions = tuple((language, question) for language in LANGUAGES for question in row.get(language, ()))
    return Entry((folder / row["document"]).as_posix(), " ".join(row.get("says", "").split()), questions)


def place(entries: Iterable[Entry], passages: Sequence[Passage]) -> tuple[list[Placed], list[Entry]]:
    """Where the statements of ``entries`` stand, in all languages of their documents; and those that stand nowhere."""
    rows = {id(passage): row for row, passage in enumerate(passages)}
    said: dict[tuple[str, str], list[Statement]] = defaultdict(list)
    for passage in passages:
        for one in statements(passage):
            said[_document(passage.path), one.text].append(one)
    twins, placed, lost = Twins(passages), [], []
    for entry in entries:
        if not entry.says:
            continue
        found = [twin for one in said[entry.document, entry.says] for twin in translations(one, twins)]
        places = tuple(dict.fromkeys((rows[id(one.passage)], one.start) for one in found))
        if places:
            placed += [Placed(question, language, places) for language, question in entry.questions]
        else:
            lost.append(entry)
    return placed, lost


def translations(statement: Statement, twins: Twins) -> list[Statement]:
    """The statement in every language that its document has."""
    own, found = statements(statement.passage), [statement]
    for language in LANGUAGES:
        twin = twins.of(statement.passage, language) if language != statement.passage.language else None
        if twin and len(there := statements(twin)) == len(own):
            found.append(there[own.index(statement)])
    return found


def _document(path: str) -> str:
    return re.sub(r"(?:\.[a-z]{2})?\.[^./]+$", "", path)


def write(folder: Path, placed: Iterable[Placed], names: Glossary) -> None:
    """Keep them in a generation's ``folder``, each as it is said to the embedder. Raises OSError."""
    listed = [
        [names.said(one.question, one.language), one.language, one.places, names.telling(one.question)]
        for one in placed
    ]
    (folder / FILE).write_text(json.dumps(listed, ensure_ascii=False), "utf-8")


def read(folder: Path) -> list[Placed]:
    """What a generation keeps; nothing where it was built before there were any. Raises OSError, ValueError."""
    try:
        listed = json.loads((folder / FILE).read_text("utf-8"))
    except FileNotFoundError:
        return []
    return [
        Placed(question, language, tuple((row, start) for row, start in places), frozenset(named))
        for question, language, places, named in listed
    ]
