"""What staff have on their desk: a folder of documents, an index, and the ingest that leads from one to the other."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot import generations, ingestion
from bot.ingestion import Report
from bot.library import Library
from tests.embedders import WordEmbedder

MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


@dataclass
class Desk:
    """Each ingest happens a minute after the one before."""

    folder: Path
    embedder: WordEmbedder = field(default_factory=WordEmbedder)
    minutes: int = 0

    @property
    def knowledge(self) -> Path:
        return self.folder / "knowledge"

    @property
    def index(self) -> Path:
        return self.folder / "index"

    def put(self, name: str, content: str | bytes) -> Path:
        path = self.knowledge / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def ingest(self, **options: Any) -> Report:
        """Run an ingest; ``embedder`` may be another one than the desk's."""
        self.minutes += 1
        self.knowledge.mkdir(parents=True, exist_ok=True)
        embedder = options.pop("embedder", self.embedder)
        now = MORNING + timedelta(minutes=self.minutes)
        return ingestion.run(self.knowledge, self.index, embedder.load, embedder.name, now=lambda: now, **options)

    @contextmanager
    def library(self) -> Iterator[Library]:
        library = Library(self.index, self.embedder)
        try:
            yield library
        finally:
            library.close()

    def texts(self, question: str = "battery", k: int = 100) -> list[str]:
        """What the bot finds now, with a library of its own."""
        with self.library() as library:
            return [hit.passage.text for hit in library.search(question, k, "en")]

    def held(self) -> dict[str, list[str]]:
        """Path -> the texts of its passages, in the generation in use."""
        folder = generations.current(self.index)
        held: dict[str, list[str]] = {path: [] for path in generations.read_manifest(folder).files}
        for passage in generations.read_passages(folder):
            held[passage.path].append(passage.text)
        return held

    def files(self) -> dict[str, bytes]:
        """Every file of the index but the lock, byte for byte, to see that nothing changed."""
        found = (path for path in self.index.rglob("*") if path.is_file() and path.name != "lock")
        return {path.relative_to(self.index).as_posix(): path.read_bytes() for path in found}


def status(report: Report) -> dict[str, str]:
    """Path -> what became of it."""
    return {line.path: line.status for line in report.lines}
