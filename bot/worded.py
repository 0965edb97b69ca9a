"""The wordings of one generation beside a question: what they find, and how the question sounds beside them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import takewhile
from threading import Event

import numpy as np

from bot import heard, wordings
from bot.embedding import Embedder, Vectors
from bot.opened import Opened
from bot.sentences import Statement
from bot.vectors import Rows
from bot.wordings import Wordings

BROUGHT_IN = 40  # passages that their wordings bring into a search


class Worded:
    """The wordings of ``generation``, as far as their vectors are there: fitted with the project, or kept."""

    def __init__(self, generation: Opened, embedder: Embedder) -> None:
        self._generation = generation
        self._heard = heard.fitted(embedder.name)
        at_hand = [(one, self._vector(one.question)) for one in generation.wordings]
        placed = [one for one, vector in at_hand if vector is not None]
        vectors = np.array([vector for _, vector in at_hand if vector is not None], np.float32)
        self.missing = [one.question for one, vector in at_hand if vector is None]
        self._wordings = Wordings(placed, vectors, generation.passages) if placed else None
        self._last: tuple[Vectors, frozenset[str], Vectors] | None = None  # what was looked up, and its likeness

    def nearer(self, query: Vectors, named: frozenset[str], rows: Rows) -> tuple[Rows, Vectors]:
        """``rows`` with those that wordings bring in, and the cosine of each: its own, or its nearest wording's."""
        space = self._generation.space
        if self._wordings is None:
            return rows, space.cosines(query, rows)
        worded, best = self._wordings.rows, self._wordings.of_passages(self._likeness(self._wordings, query, named))
        rows = np.union1d(rows, worded[np.argsort(-best, kind="stable")[:BROUGHT_IN]])
        likeness = np.full(len(self._generation.passages), wordings.NOWHERE, np.float32)
        likeness[worded] = best
        return rows, np.maximum(space.cosines(query, rows), likeness[rows])

    def alike(self, query: Vectors, named: frozenset[str], statements: Sequence[Statement]) -> list[float]:
        """How alike the question is to the nearest wording of each statement; ``NOWHERE`` where it has none."""
        if self._wordings is None:
            return [wordings.NOWHERE] * len(statements)
        likeness = self._likeness(self._wordings, query, named)
        return [self._wordings.of(one, likeness) for one in statements]

    def told(self, nameless: str, query: Vectors, near: Sequence[Statement]) -> float | None:
        """How the question sounds (:meth:`bot.heard.Heard.told`); None where one of the statements ``near`` it was worded by
        nobody: what was asked in vain before that came may be answered by it.
        """
        if self._heard is None or self._wordings is None or not all(map(self._wordings.holds, near)):
            return None
        return self._heard.told(nameless, query)

    def keep(self, query: Callable[[str], Vectors], stop: Event) -> bool:
        """Make the vectors that are missing until ``stop``, and keep them; whether any were missing. Raises LibraryError."""
        if not self.missing:
            return False
        own = [
            one.question
            for one in self._generation.wordings
            if self._heard is None or self._heard.vector(one.question) is None
        ]
        made = {question: query(question) for question in takewhile(lambda _: not stop.is_set(), self.missing)}
        self._generation.asked.keep(own, made)
        return True

    def _likeness(self, there: Wordings, query: Vectors, named: frozenset[str]) -> Vectors:
        """To each wording. A search asks for it, and then the rating of what it found."""
        last = self._last
        if last is None or last[0] is not query or last[1] != named:
            self._last = last = query, named, there.likeness(query, named)
        return last[2]

    def _vector(self, said: str) -> Vectors | None:
        vector = self._heard.vector(said) if self._heard else None
        return self._generation.asked.get(said) if vector is None else vector
