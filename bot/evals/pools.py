"""A library of which, for each question, only a few passages are looked at: those that people judged for it."""

from __future__ import annotations

from bot.library import Hit, Library

DEEP = 400  # hits among which the pool's are looked for; one further down answers nothing


class Pooled(Library):
    """Finds in the documents named last, as if there were no others; how far one stands out is still seen from all."""

    _paths: frozenset[str] = frozenset()

    def only(self, paths: frozenset[str]) -> None:
        """Find nothing but these documents from now on; everything again if there are none."""
        self._paths = paths

    def search(self, question: str, k: int = 10, language: str = "") -> list[Hit]:
        """See :meth:`bot.library.Library.search`."""
        if not self._paths:
            return super().search(question, k, language)
        return [hit for hit in super().search(question, DEEP, language) if hit.passage.path in self._paths][:k]
