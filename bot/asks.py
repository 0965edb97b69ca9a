"""How a question asks: for advice, for other people's data, for obedience, or as anybody asks at a fair.

Told by likeness to some six hundred questions in ``asks.toml``: a ridge regression on the vector of a question and on the
pieces of its words, four letters of a Latin one and two syllables of a Korean one, with the pairs of words. The vectors
know a meaning in other words and in another language, the pieces know "should I". Solved when opened, for whichever
embedding model is chosen.
"""

from __future__ import annotations

import hashlib
import io
import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.declining import Reason
from bot.embedding import Embedder, Vectors
from bot.words import HANGUL

_EXAMPLES = Path(__file__).with_suffix(".toml")
_ORDINARY = "ordinary"
_FILE = "asks.kept.npy"
PIECES = 0.6  # of the likeness; the rest is the vectors'
RIDGE = 1.0

Floats = NDArray[np.float64]


class Asks:
    """The examples, given with their vectors in their order, and what they tell of a question."""

    def __init__(self, vectors: Vectors) -> None:
        texts, kinds = examples()
        counts = [Counter(pieces(text)) for text in texts]
        in_how_many = Counter(piece for count in counts for piece in count)
        self._columns = {piece: column for column, piece in enumerate(in_how_many)}
        self._idf = np.log((len(texts) + 1) / (np.array(list(in_how_many.values())) + 0.5))
        self._kinds = tuple(dict.fromkeys(kinds))
        self._mean = vectors.mean(axis=0)
        features = [self._features(text, vector) for text, vector in zip(texts, vectors, strict=True)]
        inputs = np.stack(features, dtype=np.float32)  # half the time, at every start
        wanted = np.array([[1.0 if kind == one else -1.0 for one in self._kinds] for kind in kinds])
        self._bias = wanted.mean(axis=0)
        likeness = inputs @ inputs.T
        self._weights = inputs.T @ np.linalg.solve(likeness + RIDGE * np.eye(len(texts)), wanted - self._bias)

    def told(self, question: str, vector: Vectors) -> tuple[Reason, float]:
        """What ``question`` is declined for if anything, and by how much that is likelier than that nothing is.

        What shares no wording with any example tells nothing by how it asks.
        """
        scores: Mapping[str, float] = dict(
            zip(self._kinds, (self._features(question, vector) @ self._weights + self._bias).tolist(), strict=True)
        )
        reasons: tuple[Reason, ...] = ("advice", "private", "orders")
        reason = max(reasons, key=lambda one: scores[one])
        if not any(piece in self._columns for piece in pieces(question)):
            return reason, -1.0
        return reason, scores[reason] - scores[_ORDINARY]

    def _features(self, text: str, vector: Vectors) -> Floats:
        centred = vector - self._mean
        held = np.zeros(len(self._columns))
        columns = list({self._columns[piece] for piece in pieces(text) if piece in self._columns})
        weights = self._idf[columns]
        held[columns] = weights / (np.linalg.norm(weights) or 1.0)
        meaning = centred / (np.linalg.norm(centred) or 1.0)
        return np.concatenate(((1 - PIECES) ** 0.5 * meaning, PIECES**0.5 * held))


@cache
def examples() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The examples, and the kind of each."""
    with _EXAMPLES.open("rb") as file:
        listed = [
            (text, kind)
            for kind, by_language in tomllib.load(file).items()
            for texts in by_language.values()
            for text in texts
        ]
    return tuple(text for text, _ in listed), tuple(kind for _, kind in listed)


def opened(folder: Path, embedder: Embedder) -> Asks:
    """The examples with the vectors that a generation's ``folder`` keeps; it keeps them from now on if it kept none."""
    try:
        return Asks(np.load(io.BytesIO((folder / _name(embedder)).read_bytes()), allow_pickle=False))
    except (OSError, ValueError, EOFError):
        vectors = _embedded(embedder)
        with suppress(OSError):  # whoever opens it next makes them again
            _write(folder, embedder, vectors)
        return Asks(vectors)


def keep(folder: Path, embedder: Embedder) -> None:
    """Keep the examples' vectors in ``folder``, unless they are there: making them takes seconds. Raises OSError."""
    if not (folder / _name(embedder)).exists():
        _write(folder, embedder, _embedded(embedder))


def _write(folder: Path, embedder: Embedder, vectors: Vectors) -> None:
    place = folder / _name(embedder)
    beside = place.with_suffix(".new")
    with beside.open("wb") as file:
        np.save(file, vectors)
    for old in folder.glob(f"*.{_FILE}"):
        old.unlink(missing_ok=True)
    beside.replace(place)


def _embedded(embedder: Embedder) -> Vectors:
    return np.stack([embedder.query(text) for text in examples()[0]])


def _name(embedder: Embedder) -> str:
    """The file of these examples' vectors by this model."""
    made_of = "\n".join((embedder.name, *examples()[0])).encode()
    return f"{hashlib.sha256(made_of).hexdigest()[:16]}.{_FILE}"


def pieces(text: str) -> Sequence[str]:
    """Pairs of its words, and their pieces: four and five letters of a Latin one, two and three syllables of a Korean."""
    words = re.findall(r"[^\W_]+|[?!:]", re.sub(r"\d+", "0", text.casefold()))
    found = [" ".join(pair) for pair in pairwise(words) if pair[1] not in "?!:"]
    for word in words:
        sizes = (2, 3) if HANGUL.search(word) else (4, 5)
        bounded = f"_{word}_"
        found += [bounded[at : at + size] for size in sizes for at in range(max(1, len(bounded) - size + 1))]
    return found
