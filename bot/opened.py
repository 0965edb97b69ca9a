"""One generation, opened for searching."""

from __future__ import annotations

import weakref
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bot import about, generations, glossary, wordings
from bot.embedding import Embedder
from bot.generations import IndexMissing, OtherEmbedder
from bot.keywords import Keywords
from bot.passages import Passage
from bot.twins import Twins
from bot.vectors import WORDINGS, Space, Statements


@dataclass(frozen=True)
class Opened:
    """One generation, opened."""

    manifest: generations.Manifest
    passages: list[Passage]
    keywords: Keywords
    space: Space
    statements: Statements
    asked: Statements  # the vectors of wordings
    wordings: list[wordings.Placed]
    glossary: glossary.Glossary
    about: about.About

    def named(self, question: str) -> frozenset[str]:
        """The ids of the entities that tell what a question is about."""
        return frozenset(self.glossary.telling(question))

    @cached_property
    def twins(self) -> Twins:
        """Which of the passages translate each other."""
        return Twins(self.passages)


def check(folder: Path) -> None:
    """Raise IndexMissing unless every part of the generation in ``folder`` is there and tells of the same passages."""
    with closing(Space(folder)) as space:
        held = {
            "passages": len(generations.read_passages(folder)),
            "word lists": len(generations.read_keywords(folder).lengths),
            "vectors": len(space),
            "vectors in Chroma": space.indexed(),
        }
    if set(held.values()) != {generations.read_manifest(folder).passages}:
        raise IndexMissing(f"{folder} is incomplete: {', '.join(f'{count} {what}' for what, count in held.items())}.")


def opened(folder: Path, embedder: Embedder) -> Opened:
    manifest = generations.read_manifest(folder)
    if manifest.embedder != embedder.name:
        raise OtherEmbedder(
            f"The index was built with the embedding model {manifest.embedder}, but {embedder.name} is configured. "
            "Either set EMBEDDING_MODEL back, or run: expo-ingest --rebuild"
        )
    try:
        # Closed when nobody holds the generation any more: a search that began before the switch ends in its own.
        with ExitStack() as undo:
            generation = Opened(
                manifest=manifest,
                passages=generations.read_passages(folder),
                keywords=generations.read_keywords(folder),
                space=undo.enter_context(closing(Space(folder))),
                statements=Statements(folder),
                asked=Statements(folder, WORDINGS),
                wordings=wordings.read(folder),
                glossary=glossary.parse(manifest.glossary),
                about=about.parse(manifest.about),
            )
            if not len(generation.passages) == len(generation.keywords.lengths) == len(generation.space):
                raise ValueError("parts of different generations")
            weakref.finalize(generation, undo.pop_all().close)
            return generation
    except generations.DAMAGE as error:
        raise generations.damaged(folder, error) from error
