"""An embedder whose vectors can be computed by eye: each word counts on one axis, chosen by its checksum."""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

import numpy as np

from bot.embedding import Vectors


class WordEmbedder:
    """Two texts are as near as they share words. ``embedded`` holds every passage it was given, ``questions`` every
    question, ``loaded`` how often somebody asked for it: hand :meth:`load` to whoever takes a way to load an embedder."""

    def __init__(self, name: str = "words", dimensions: int = 64) -> None:
        self.name = name
        self.dimensions = dimensions
        self.embedded: list[str] = []
        self.questions: list[str] = []
        self.loaded = 0

    def load(self) -> WordEmbedder:
        self.loaded += 1
        return self

    def passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._vector(text) for text in texts])

    def query(self, text: str) -> Vectors:
        self.questions.append(text)
        return self._vector(text)

    def _vector(self, text: str) -> Vectors:
        counts = np.zeros(self.dimensions, np.float32)
        for word in re.findall(r"\w+", text.lower()) or [""]:
            counts[crc32(word.encode("utf-8", "replace")) % self.dimensions] += 1
        return counts / np.linalg.norm(counts)
