"""How a question sounds: like those that the documents answer, or like those asked of the same things in vain. Pure.

No score of what was found tells that "what does a test there cost?" is stated nowhere when so much else is said of the
place. What people do ask in vain tells it: questions of ``wordings.toml``, both kinds, by kernel ridge regression
(Saunders, Gammerman and Vovk 1998), half on meaning, half on the pieces of their words. Fitted by
``tests/benchmarks/wordings.py``; it knows the bundled embedding model and the documents that come with the project, and
is silent on others.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np

from bot.asks import pieces
from bot.embedding import Vectors, key

FILE = Path(__file__).with_suffix(".npz")
WIDTH = 0.5  # of the kernel of meaning, in cosines of centred vectors
SCALE = 127.0  # a vector is kept in bytes, the largest of its numbers as this


class Heard:
    """The questions that were fitted, their vectors, and what each adds to how a question sounds."""

    def __init__(
        self,
        keys: np.ndarray,
        vectors: Vectors,
        weights: Vectors,
        mean: Vectors,
        words: dict[str, tuple[float, float]],
        bias: float,
    ) -> None:
        self._rows = {int(key): row for row, key in enumerate(keys)}
        self._vectors, self._weights, self._mean, self._words, self._bias = vectors, weights, mean, words, bias
        self._lengths = np.linalg.norm(vectors - mean, axis=1)
        self._shift = vectors @ mean

    def vector(self, said: str) -> Vectors | None:
        """The vector of a question that was fitted, as it is said to the embedder; None for another."""
        row = self._rows.get(key(said))
        return None if row is None else self._vectors[row]

    def told(self, nameless: str, query: Vectors) -> float:
        """Above 0 where a question sounds answered, below where it does not. ``nameless``: its text without names."""
        mean = self._mean
        length = float(np.linalg.norm(query - mean)) or 1.0
        cosines = (self._vectors @ query - self._shift - float(query @ mean) + float(mean @ mean)) / (
            self._lengths * length
        )
        meaning = float(self._weights @ np.exp((cosines - 1) / WIDTH))
        known = [self._words[piece] for piece in set(pieces(nameless)) if piece in self._words]
        norm = sum(idf * idf for idf, _ in known) ** 0.5 or 1.0
        return self._bias + meaning / 2 + sum(idf * weight for idf, weight in known) / norm / 2


@cache
def fitted(embedder: str) -> Heard | None:
    """What was fitted for the embedding model of that name; None for another."""
    with np.load(FILE, allow_pickle=False) as kept:
        if str(kept["embedder"]) != embedder:
            return None
        vectors = kept["vectors"].astype(np.float32) * kept["scales"][:, None]
        words = {
            piece: (float(idf), float(weight))
            for piece, idf, weight in zip(str(kept["pieces"]).split("\n"), kept["idf"], kept["of_pieces"], strict=True)
        }
        return Heard(kept["keys"], vectors, kept["weights"], kept["mean"], words, float(kept["bias"]))


def in_bytes(vectors: Vectors) -> tuple[np.ndarray, Vectors]:
    """The vectors in a byte a number, and what each has to be multiplied with."""
    scales = np.abs(vectors).max(axis=1) / SCALE
    return np.rint(vectors / scales[:, None]).astype(np.int8), scales.astype(np.float32)


def keys(said: Sequence[str]) -> np.ndarray:
    """The same of many, as they are kept."""
    return np.array([key(one) for one in said], np.uint64)
