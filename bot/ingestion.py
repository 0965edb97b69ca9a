"""Building the next generation of the index from a folder of documents.

Running it twice changes nothing; what vanished, vanishes; a file that fails keeps its old passages. Killed at any
moment, it leaves the generation in use as it was.
"""

from __future__ import annotations

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from bot import about as about_file
from bot import asks, folder, generations, keywords, library, opened, wordings
from bot import glossary as glossary_file
from bot.embedding import Embedder, Vectors
from bot.folder import CHANGES, File, Line
from bot.generations import FileEntry, LibraryError, Manifest, OtherEmbedder
from bot.glossary import Glossary
from bot.keywords import Keywords
from bot.passages import Passage
from bot.vectors import read as read_vectors
from bot.vectors import write as write_vectors
from bot.words import Words

BATCH = 32
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None)  # None: numpy, of an array that was written in part
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Report:
    """What an ingest did, or would do."""

    lines: tuple[Line, ...]
    generation: str  # the one now in use; "" in a dry run of a new index
    embedded: int = 0
    passages: int = 0

    @property
    def failed(self) -> tuple[Line, ...]:
        """The files that could not be read."""
        return tuple(line for line in self.lines if line.status == "failed")

    @property
    def changes(self) -> bool:
        """Whether anything is different from before."""
        return any(line.status in CHANGES for line in self.lines)


def run(
    knowledge: Path,
    index: Path,
    load_embedder: Callable[[], Embedder],
    embedder_name: str,
    *,
    rebuild: bool = False,
    dry_run: bool = False,
    progress: Progress = lambda done, total: None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Report:
    """Bring ``index`` in step with ``knowledge``. The embedder is loaded only if something must be embedded.

    Raises LibraryError (busy, another embedder, no permission, disk full) and ValueError (about.toml, glossary.toml).
    """

    if not knowledge.is_dir():
        raise LibraryError(f"There is no folder {knowledge}. Name another one with --knowledge.")
    # A dry run does not even make the folder. Where there is one it waits its turn: nothing is pruned under its eyes.
    with nullcontext() if dry_run and not index.exists() else generations.writing(index):
        old = None if rebuild else _previous(index)
        if old and old.embedder != embedder_name:
            raise OtherEmbedder(
                f"The index was built with the embedding model {old.embedder}, but {embedder_name} is configured. "
                "Either set EMBEDDING_MODEL back, or run this again with --rebuild to embed everything anew."
            )
        about, glossary_text = folder.content(knowledge)
        about_file.parse(about)
        glossary = glossary_file.parse(glossary_text)
        worded, entries = folder.worded(knowledge)
        files = list(folder.read(knowledge, old.files if old else {}))
        changes = any(file.line.status in CHANGES for file in files)
        content = about, glossary_text, worded
        if old and not changes and not dry_run and (old.about, old.glossary, old.wordings) == content:
            generations.prune(index)  # what a killed ingest left
            return Report(tuple(file.line for file in files), old.name, 0, old.passages)
        plan = _plan(files, old, index)
        placed, lost = wordings.place(entries, plan.passages)
        if lost:
            plan = replace(plan, lines=(*plan.lines, _stale(lost)))
        if dry_run:
            return Report(plan.lines, old.name if old else "", len(plan.fresh), len(plan.passages))
        made = Manifest(embedder_name, now().isoformat(), plan.files, *content)
        return _build(index, plan, old, made, glossary, placed, load_embedder, progress)


@dataclass(frozen=True)
class _Plan:
    """The next generation, before anything is computed."""

    passages: list[Passage]
    files: dict[str, FileEntry]
    kept: dict[int, int]  # row -> row in the old generation of the same passage
    same_text: dict[int, int]  # row -> row in the old generation with the same embedded text
    lines: tuple[Line, ...]

    @property
    def fresh(self) -> list[int]:
        """The rows that must be embedded."""
        return [row for row in range(len(self.passages)) if row not in self.same_text]


def _plan(files: Sequence[File], old: Manifest | None, index: Path) -> _Plan:
    """Put the passages of all files one after the other, and find those that the old generation holds."""
    before = generations.read_passages(index / old.name) if old else []
    row_of = {passage: row for row, passage in enumerate(before)}
    text_row = {passage.embedded: row for row, passage in enumerate(before)}
    plan = _Plan([], {}, {}, {}, tuple(file.line for file in files))
    for file in files:
        known = old.files.get(file.line.path) if old else None
        own = file.passages
        if own is None:
            own = tuple(before[slice(*known.rows)]) if known and file.line.status != "removed" else ()
        start = len(plan.passages)
        for row, passage in enumerate(own, start):
            if passage in row_of:
                plan.kept[row] = row_of[passage]
            if passage.embedded in text_row:
                plan.same_text[row] = text_row[passage.embedded]
            plan.passages.append(passage)
        if file.passages is not None or (known and file.line.status != "removed"):
            plan.files[file.line.path] = FileEntry(file.digest, (start, len(plan.passages)))
    return plan


def _build(
    index: Path,
    plan: _Plan,
    old: Manifest | None,
    made: Manifest,
    glossary: Glossary,
    placed: Sequence[wordings.Placed],
    load_embedder: Callable[[], Embedder],
    progress: Progress,
) -> Report:

    name = generations.new_name(datetime.fromisoformat(made.built_at))
    building = index / f"building-{name}"
    try:
        for leftover in index.glob("building-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        building.mkdir()
        if old:
            generations.hand_on(index / old.name, building)
        vectors = _vectors(index, building, plan, old, load_embedder, progress)
        write_vectors(building, vectors)
        words = _keywords(index, plan, old if old and old.glossary == made.glossary else None, glossary)
        generations.write(building, replace(made, dimensions=int(vectors.shape[1])), plan.passages, words)
        wordings.write(building, placed, glossary)
        opened.check(building)
        building.rename(index / name)
        generations.switch(index, name)
        generations.prune(index)
    except OSError as error:
        problem = f"{index} cannot be written ({error.strerror}). Check the disk"
        if error.errno in FULL:
            problem = f"The disk is full: {index} has no room for a new generation. Free some space"
        raise LibraryError(f"{problem} and run this again; the bot goes on answering from the old one.") from error
    finally:
        shutil.rmtree(building, ignore_errors=True)
    return Report(plan.lines, name, len(plan.fresh), len(plan.passages))


def _vectors(
    index: Path,
    building: Path,
    plan: _Plan,
    old: Manifest | None,
    load_embedder: Callable[[], Embedder],
    progress: Progress,
) -> Vectors:
    """The vector of every passage, old ones taken over, new ones embedded; shape (passages, dimensions)."""

    fresh = plan.fresh
    parts: dict[int, np.ndarray] = {}
    if plan.same_text and old:
        rows = list(plan.same_text)
        taken = read_vectors(index / old.name, [plan.same_text[row] for row in rows])
        parts.update(zip(rows, taken, strict=True))
    if fresh or not old:
        embedder = load_embedder()
        asks.keep(building, embedder)
        progress(0, len(fresh))
        for start in range(0, len(fresh), BATCH):
            batch = fresh[start : start + BATCH]
            parts.update(zip(batch, embedder.passages([plan.passages[row].embedded for row in batch]), strict=True))
            progress(start + len(batch), len(fresh))
    if not parts:
        return np.zeros((0, old.dimensions if old else 1), np.float32)
    return np.stack([parts[row] for row in range(len(plan.passages))])


def _keywords(index: Path, plan: _Plan, old: Manifest | None, glossary: Glossary) -> Keywords:
    """The keyword part: bags of words of unchanged passages taken over, the others' made."""

    bags: dict[int, Counter[str]] = {}
    if old and plan.kept:
        before = generations.read_keywords(index / old.name).bags()
        bags = {row: before[old_row] for row, old_row in plan.kept.items()}
    if len(bags) < len(plan.passages):
        words = Words(glossary.hangul_names())
        for row, passage in enumerate(plan.passages):
            if row not in bags:
                bags[row] = Counter(words.of(passage.embedded, passage.language))
                bags[row].update(library.mark(entity.id) for entity in glossary.find(passage.embedded))
    return keywords.build([bags[row] for row in range(len(plan.passages))])


def _stale(lost: Sequence[wordings.Entry]) -> Line:
    """What staff read about questions whose answer they have changed or taken away."""
    first = f"{lost[0].document}: {lost[0].says}"
    more = f" So do {len(lost) - 1} others." if len(lost) > 1 else ""
    reason = f"A statement stands in no document any more; change or remove it here. ({first}){more}"
    return Line(wordings.NAME, "unchanged", reason=reason)


def _previous(index: Path) -> Manifest | None:

    try:
        return generations.read_manifest(generations.current(index))
    except generations.IndexMissing:
        if (index / "current").exists():
            raise
        return None
