"""What the conversations need from the library: an overview, the fair, and the name behind a deep link.

Protocols, because fakes stand here in the tests; ``bot.library.Library`` fits them as it is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from bot.about import About

logger = logging.getLogger(__name__)


class Entry(Protocol):
    """A document, as the overview lists it."""

    @property
    def path(self) -> str:
        """Relative to the knowledge folder."""

    @property
    def title(self) -> str:
        """As its front matter or first heading says."""

    @property
    def language(self) -> str:
        """ISO 639-1, empty where unknown."""

    @property
    def as_of(self) -> str:
        """ISO date the document speaks of."""

    @property
    def review_by(self) -> str:
        """ISO date after which staff should have looked at it again."""


class Overview(Protocol):
    """What one generation of the index holds."""

    @property
    def generation(self) -> str:
        """Its name."""

    @property
    def built_at(self) -> datetime:
        """When it was built, in UTC."""

    @property
    def documents(self) -> Sequence[Entry]:
        """Every document in it."""


class Knowledge(Protocol):
    """The library, as far as a conversation asks it. Synchronous: it reads files."""

    def overview(self) -> Overview:
        """What is known, and how fresh it is."""

    def about(self) -> About:
        """The fair this bot speaks for."""

    def entity(self, name: str, language: str) -> str | None:
        """The name to use for what a deep link calls ``name``; None where the glossary does not know it."""

    def mentioned(self, text: str) -> Sequence[str]:
        """The ids of the entities that a text names, in order."""


async def about(knowledge: Knowledge) -> About:
    """The fair; an empty one where there is no index yet. A greeting must not fail for want of a name."""
    try:
        return await asyncio.to_thread(knowledge.about)
    except Exception:
        logger.exception("the fair could not be read, speaking without its name")
        return About()
