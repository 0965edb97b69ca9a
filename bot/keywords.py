"""Keyword search: BM25 over words and grams, and how much of a question a passage can match at all.

Pure numpy over postings in compressed sparse columns. Scoring is Robertson's BM25 (Robertson and Zaragoza 2009,
"The Probabilistic Relevance Framework"), with Lucene's non-negative idf. Our own, because the join with vector search
needs each passage's *coverage*, which the libraries looked at do not give.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.words import is_gram

K1, B = 1.2, 0.75
# A question has several times more grams than words; unweighted they would drown them. Flat between 0.15 and 0.5.
GRAM_WEIGHT = 0.3

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Keywords:
    """The postings of all passages: for word ``w``, ``rows[starts[w]:starts[w + 1]]`` hold it ``counts[...]`` times."""

    vocabulary: dict[str, int]
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    lengths: Floats  # words per passage

    def scores(self, words: Iterable[str]) -> tuple[Floats, Floats]:
        """BM25 score and coverage of every passage, both of shape (passages,).

        Coverage is the share, from 0 to 1, of the question's idf mass that the passage holds. Words that no passage
        holds count in full: they are what the knowledge cannot match.
        """
        scores = np.zeros(len(self.lengths), np.float32)
        coverage = np.zeros(len(self.lengths), np.float32)
        total = 0.0
        norm = K1 * (1 - B + B * self.lengths / max(float(self.lengths.mean()), 1.0)) if len(self.lengths) else 0.0
        for word in dict.fromkeys(words):
            idf = self.idf(word)
            total += idf
            if (index := self.vocabulary.get(word)) is None:
                continue
            span = slice(self.starts[index], self.starts[index + 1])
            rows, counts = self.rows[span], self.counts[span]
            scores[rows] += idf * counts * (K1 + 1) / (counts + norm[rows])  # type: ignore[index]
            coverage[rows] += idf
        return scores, coverage / max(total, 1e-9)

    def idf(self, word: str) -> float:
        """How telling ``word`` is: high where few passages hold it, highest where none does."""
        index = self.vocabulary.get(word)
        held = 0 if index is None else int(self.starts[index + 1] - self.starts[index])
        weight = GRAM_WEIGHT if is_gram(word) else 1.0
        return weight * float(np.log1p((len(self.lengths) - held + 0.5) / (held + 0.5)))

    def held(self, words: Sequence[str]) -> int:
        """How many passages hold the rarest of ``words``."""
        indices = [self.vocabulary.get(word) for word in words]
        return min((0 if i is None else int(self.starts[i + 1] - self.starts[i]) for i in indices), default=0)

    def together(self, words: Sequence[str]) -> bool:
        """Whether one passage holds all of ``words``."""
        held: NDArray[np.int32] | None = None
        for word in dict.fromkeys(words):
            if (index := self.vocabulary.get(word)) is None:
                return False
            rows = self.rows[self.starts[index] : self.starts[index + 1]]
            held = rows if held is None else np.intersect1d(held, rows, assume_unique=True)
        return held is not None and len(held) > 0

    def bags(self) -> list[Counter[str]]:
        """The inverse of :func:`build`: each passage's words with their counts."""
        bags: list[Counter[str]] = [Counter() for _ in self.lengths]
        for word, index in self.vocabulary.items():
            span = slice(self.starts[index], self.starts[index + 1])
            for row, count in zip(self.rows[span].tolist(), self.counts[span].tolist(), strict=True):
                bags[row][word] = int(count)
        return bags


def build(bags: Sequence[Counter[str]]) -> Keywords:
    """The Keywords of passages, each given as its words (:meth:`bot.words.Words.of`) with their counts."""
    vocabulary: dict[str, int] = {}
    words, counts = array("i"), array("f")  # of all passages, one after the other
    for bag in bags:
        words.extend(vocabulary.setdefault(word, len(vocabulary)) for word in bag)
        counts.extend(bag.values())
    rows = np.repeat(np.arange(len(bags), dtype=np.int32), [len(bag) for bag in bags])
    by_word = np.argsort(words, kind="stable")
    return Keywords(
        vocabulary=vocabulary,
        starts=np.searchsorted(np.asarray(words)[by_word], np.arange(len(vocabulary) + 1)),
        rows=rows[by_word],
        counts=np.asarray(counts)[by_word],
        lengths=np.array([bag.total() for bag in bags], np.float32),
    )
