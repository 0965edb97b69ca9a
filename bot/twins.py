"""The same passage in another language, where a document has a translation: ``expo.ko.md`` and ``expo.de.md``. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from bot.passages import Passage

_NAMED = re.compile(r"(?P<document>.+)\.(?P<language>[a-z]{2})\.[^./]+", re.IGNORECASE)


class Twins:
    """Which of ``passages``, given in the order of their documents, translate each other."""

    def __init__(self, passages: Iterable[Passage]) -> None:
        self._documents: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for passage in passages:
            if named := _NAMED.fullmatch(passage.path):
                self._documents[named["document"], named["language"].lower()].append(passage)

    def of(self, passage: Passage, language: str) -> Passage | None:
        """``passage`` in ``language``; None without a translation.

        Translations have as many passages, in one order, from the same sources and as of the same day: one of which
        something was changed since translates no longer.
        """
        named = _NAMED.fullmatch(passage.path)
        if not named:
            return None
        own = self._documents.get((named["document"], named["language"].lower()), [])
        others = self._documents.get((named["document"], language), [])
        if len(own) != len(others) or passage not in own:
            return None
        twin = others[own.index(passage)]
        return twin if twin.language == language and _origin(twin) == _origin(passage) else None


def _origin(passage: Passage) -> object:
    """Where a passage comes from, in words that no translation changes."""
    return passage.as_of, passage.known, [(source.published, source.url) for source in passage.sources]
