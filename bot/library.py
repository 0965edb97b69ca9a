"""The library: opens the current generation, follows the switch, and searches it by words and by meaning.

How the two searches are joined (measured on six public sets, see ``docs/benchmarks.md``): each score becomes a z-score
within its own distribution over *all* passages, so that a question which stands out in one search is heard, and the
keyword part weighs by how much of the question any passage can match at all. Reciprocal rank fusion and plain sums let
a keyword search that cannot match (a German question, Korean documents) drag the vectors down.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np

from bot import about, asks, generations, glossary
from bot.declining import Reason
from bot.embedding import Embedder, Vectors
from bot.generations import IndexMissing, LibraryError, OtherEmbedder
from bot.hits import Entry, Hit, Overview, Rating
from bot.opened import Opened, opened
from bot.passages import Passage
from bot.readings import Readings
from bot.sentences import Statement
from bot.vectors import Rows
from bot.worded import Worded
from bot.words import Words, is_gram

logger = logging.getLogger(__name__)

MARK = "@"
AT_HAND = 64  # questions whose vectors are remembered
REMEMBERED = 20_000  # statements' vectors and words, about 3 kB each
BATCH = 8
CANDIDATES = 100  # of each search; the join reorders them
# The weight of the keyword part is KEYWORD_WEIGHT * coverage ** COVERAGE_POWER, coverage being the largest share of
# the question's idf mass that one passage holds. The power makes a search that matches next to nothing fall silent.
# From 1.0 and 1 to 1.5 and 2 the mean over six public sets stays the same; this end serves those best that gain least.
KEYWORD_WEIGHT, COVERAGE_POWER = 1.5, 2.0

__all__ = ["Entry", "Hit", "IndexMissing", "Library", "LibraryError", "OtherEmbedder", "Overview", "Rating"]


class Library:
    """The index in ``folder``, searched with ``embedder``; picks up a new generation at the next search.

    Safe to call from several threads. Raises IndexMissing or OtherEmbedder on use, not when built.
    """

    def __init__(self, folder: Path, embedder: Embedder) -> None:
        self._folder = folder
        self._embedder = embedder
        self._open: Opened | None = None
        self._rated: dict[tuple[str, str], tuple[Vectors, frozenset[str]]] = {}
        self._words: tuple[str, Words] | None = None  # the glossary's text, and the splitter taught its names
        self._readings: tuple[str, Readings] | None = None  # a generation, and how questions are read by it
        self._asks: asks.Asks | None = None
        self._worded: tuple[str, Worded] | None = None  # a generation, and its wordings
        self._queries: dict[str, Vectors] = {}  # of the questions at hand: each is searched and rated
        self._told = ""  # what is wrong with the index, logged once
        self._lock = threading.Lock()

    def search(self, question: str, k: int = 10, language: str = "") -> list[Hit]:
        """The ``k`` passages that fit ``question`` best, best first. ``language`` chooses the stemmer, "" means any."""
        generation = self._current()
        if not generation.passages or not question.strip():
            return []
        query, words = self._asked(generation, question, language)
        keyword_scores, coverage = generation.keywords.scores(words)
        plain = [word for word in words if not word.startswith(MARK)]
        telling = any(not is_gram(word) for word in plain)
        attribute = coverage
        if not telling:
            attribute = np.ones_like(coverage)
        elif len(plain) < len(words):
            attribute = generation.keywords.scores(plain)[1]
        candidates = self._candidates(generation, query, keyword_scores)
        rows, cosines = self._wordings(generation).nearer(query, generation.named(question), candidates)
        standouts = generation.space.standouts(query, cosines)
        spread = float(keyword_scores.std()) or 1.0
        weight = KEYWORD_WEIGHT * float(coverage.max(initial=0.0)) ** COVERAGE_POWER
        scores = standouts + weight * (keyword_scores[rows] - float(keyword_scores.mean())) / spread
        return [
            Hit(
                generation.passages[rows[i]],
                float(scores[i]),
                float(cosines[i]),
                float(standouts[i]),
                float(coverage[rows[i]]),
                float(attribute[rows[i]]),
            )
            for i in np.lexsort((rows, -scores))[:k]
        ]

    def rate(self, question: str, texts: Sequence[tuple[str, str]], language: str = "") -> list[Rating]:
        """How well each text, given with its language, fits ``question`` by itself."""
        generation = self._current()
        query, asked = self._asked(generation, question, language)
        idf = {word: generation.keywords.idf(word) for word in asked}
        total = sum(idf.values()) or 1.0
        ratings = []
        for vector, words in self._taken_in(generation, texts):
            held = sum(weight for word, weight in idf.items() if word in words)
            ratings.append(Rating(float(vector @ query), held / total, tuple(vector.tolist())))
        return ratings

    def alike(self, question: str, statements: Sequence[Statement], language: str = "") -> list[float]:
        """How alike ``question`` is to what people ask who are answered by each statement, as a cosine; or below 0."""
        generation = self._current()
        query, _ = self._asked(generation, question, language)
        return self._wordings(generation).alike(query, generation.named(question), statements)

    def sounds(self, question: str, language: str, near: Sequence[Statement]) -> float | None:
        """How ``question`` sounds beside the statements nearest to it (:meth:`bot.worded.Worded.told`)."""
        generation = self._current()
        nameless = generation.glossary.without_names(question)
        return self._wordings(generation).told(nameless, self._asked(generation, question, language)[0], near)

    def learn(self, stop: threading.Event) -> None:
        """Take in the wordings that no vector is there of, until ``stop``. Raises LibraryError."""
        generation = self._current()
        if self._wordings(generation).keep(self._embedder.query, stop):
            with self._lock:
                self._open, self._readings, self._worded = None, None, None  # opened anew with what was kept

    def take_in(self, texts: Sequence[tuple[str, str]]) -> None:
        """Remember what :meth:`rate` needs to know of these texts, before it is asked for."""
        self._taken_in(self._current(), texts)

    def keep(self, texts: Sequence[tuple[str, str]]) -> None:
        """Keep the vectors of those that were taken in, now or before, for the next start. Raises LibraryError."""
        taken_in = {text[0]: rated[0] for text in texts if (rated := self._rated.get(text))}
        self._current().statements.keep([text for text, _ in texts], taken_in)

    def passages(self) -> Sequence[Passage]:
        """All of them, in the order of their rows."""
        return self._current().passages

    def weigh(self, question: str, texts: Sequence[tuple[str, str]], language: str = "") -> list[dict[str, float]]:
        """The words of ``question`` that each text holds, with their share of its idf mass; names are words, too."""
        generation = self._current()
        splitter, names = self._splitter(generation), generation.glossary
        asked = self._words_asked(generation, question, language)
        idf = {word: generation.keywords.idf(word) for word in asked}
        total = sum(idf.values()) or 1.0
        weighed = []
        for text, written in texts:
            held = {*splitter.held(text, written), *(mark(entity.id) for entity in names.find(text))}
            weighed.append({word: weight / total for word, weight in idf.items() if word in held})
        return weighed

    def overview(self) -> Overview:
        """What the library holds now."""
        generation = self._current()
        firsts = (
            generation.passages[entry.rows[0]]
            for _, entry in sorted(generation.manifest.files.items())
            if entry.rows[0] < entry.rows[1]
        )
        return Overview(
            generation.manifest.name,
            datetime.fromisoformat(generation.manifest.built_at),
            tuple(Entry(one.path, one.title, one.language, one.as_of, one.review_by) for one in firsts),
        )

    def about(self) -> about.About:
        """The fair, as the current generation knows it."""
        return self._current().about

    def entity(self, name: str, language: str) -> str | None:
        """What ``name`` (an id or any spelling) is called in ``language``; None if the glossary does not know it."""
        found = self._current().glossary.entity(name)
        return found.name_in(language) if found else None

    def mentioned(self, text: str) -> tuple[str, ...]:
        """The ids of the entities that ``text`` names, in order of first mention."""
        return tuple(entity.id for entity in self._current().glossary.find(text))

    def glossary(self) -> glossary.Glossary:
        """The glossary of the current generation."""
        return self._current().glossary

    def translated(self, passage: Passage, language: str) -> Passage:
        """``passage`` in ``language``, if its document has a translation; else as it is."""
        return self._current().twins.of(passage, language) or passage

    def splitter(self) -> Words:
        """What splits texts into words, taught the names of the glossary."""
        return self._splitter(self._current())

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            self._open, self._readings = None, None

    def _current(self) -> Opened:
        with self._lock:
            try:
                folder = generations.current(self._folder)
                if self._open is None or self._open.manifest.name != folder.name:
                    self._open, self._readings = opened(folder, self._embedder), None
            except LibraryError as error:
                if self._open is None:
                    raise
                # Visitors are better served by the generation at hand than by an apology; staff read the log.
                if str(error) != self._told:
                    logger.error("The new index cannot be used, going on with the old one: %s", error)
                self._told = str(error)
            return self._open

    def _wordings(self, generation: Opened) -> Worded:
        with self._lock:
            if self._worded is None or self._worded[0] != generation.manifest.name:
                self._worded = generation.manifest.name, Worded(generation, self._embedder)
            return self._worded[1]

    def _splitter(self, generation: Opened) -> Words:
        with self._lock:
            if self._words is None or self._words[0] != generation.manifest.glossary:
                self._words = generation.manifest.glossary, Words(generation.glossary.hangul_names())
                self._rated.clear()
            return self._words[1]

    def _asked(self, generation: Opened, question: str, language: str) -> tuple[Vectors, list[str]]:
        """The vector and the words of a question."""
        said = generation.glossary.said(question, language)
        if (query := self._queries.get(said)) is None:
            query = self._embedder.query(said)
            with self._lock:
                self._queries[said] = query
                while len(self._queries) > AT_HAND:
                    self._queries.pop(next(iter(self._queries)))
        return query, self._words_asked(generation, question, language)

    def _words_asked(self, generation: Opened, question: str, language: str) -> list[str]:
        names = generation.glossary
        entities = names.find(question)
        words = self._splitter(generation).of(names.without_names(question) if entities else question, language)
        return list(dict.fromkeys([*words, *(mark(entity.id) for entity in entities)]))

    def asks(self, question: str, language: str) -> tuple[Reason, float]:
        """What ``question`` is declined for if anything, and how likely that is (:meth:`bot.asks.Asks.told`)."""
        generation = self._current()
        with self._lock:
            self._asks = self._asks or asks.opened(self._folder / generation.manifest.name, self._embedder)
        return self._asks.told(question, self._asked(generation, question, language)[0])

    def readings(self) -> Readings:
        """What the words of questions are to the documents."""
        generation = self._current()
        splitter = self._splitter(generation)
        with self._lock:
            if self._readings is None or self._readings[0] != generation.manifest.name:
                self._readings = generation.manifest.name, Readings(generation, splitter)
            return self._readings[1]

    def words(self, text: str, language: str) -> frozenset[str]:
        """The words of ``text``, without grams: for telling what one text says and another does not."""
        splitter = self._splitter(self._current())
        return frozenset(word for word in splitter.held(text, language) if not is_gram(word))

    def _taken_in(self, generation: Opened, texts: Sequence[tuple[str, str]]) -> list[tuple[Vectors, frozenset[str]]]:
        """The vector and the words of each text, remembered: the same statements are rated again and again."""
        # Other threads rate at the same time, and a switch forgets everything.
        known = {text: rated for text in dict.fromkeys(texts) if (rated := self._rated.get(text))}
        fresh = [text for text in dict.fromkeys(texts) if text not in known]
        if fresh:
            splitter = self._splitter(generation)
            vectors = self._vectors(generation, [text for text, _ in fresh])
            for text, language in fresh:
                names = frozenset(mark(entity.id) for entity in generation.glossary.find(text))
                known[text, language] = vectors[text], splitter.held(text, language) | names
            with self._lock:
                self._rated.update((text, known[text]) for text in fresh)
                while len(self._rated) > REMEMBERED:
                    self._rated.pop(next(iter(self._rated)))
        return [known[text] for text in texts]

    def _vectors(self, generation: Opened, texts: Sequence[str]) -> dict[str, Vectors]:
        """The vectors of these texts: those that the generation keeps, and the others made."""
        vectors = {text: vector for text in texts if (vector := generation.statements.get(text)) is not None}
        fresh = [text for text in texts if text not in vectors]
        # In small batches: the engine serves one call at a time, and other visitors' questions wait for it.
        for batch in (fresh[start : start + BATCH] for start in range(0, len(fresh), BATCH)):
            vectors.update(zip(batch, self._embedder.passages(batch), strict=True))
        return vectors

    def _candidates(self, generation: Opened, query: Vectors, keyword_scores: Vectors) -> Rows:
        """The rows worth joining: of the nearest passages, and of those that the words found."""
        count = min(CANDIDATES, len(generation.passages))
        by_words = np.argpartition(-keyword_scores, count - 1)[:count]
        return np.union1d(generation.space.nearest(query, count), by_words[keyword_scores[by_words] > 0])


def mark(entity: str) -> str:
    """The word that stands for an entity, whatever its spelling, among a text's words."""
    return f"{MARK}{entity}"
