"""Building the next generation of the index from a folder of documents.

Running it twice changes nothing; what vanished, vanishes; a file that fails keeps its old passages. Killed at any
moment, it leaves the generation in use as it was.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import numpy as np

from bot import about as about_file
from bot import documents, generations, keywords, library
from bot import glossary as glossary_file
from bot.embedding import Embedder, Vectors
from bot.generations import FileEntry, LibraryError, Manifest, OtherEmbedder
from bot.glossary import Glossary
from bot.keywords import Keywords
from bot.passages import Passage
from bot.words import Words

CONTENT = ("about.toml", "glossary.toml")  # settings of the fair, not documents
BATCH = 32
Status = Literal["added", "changed", "unchanged", "removed", "failed"]
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Line:
    """What became of one file."""

    path: str
    status: Status
    passages: int = 0
    reason: str = ""


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
        return any(line.status in ("added", "changed", "removed") for line in self.lines)


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
    with generations.writing(index):
        old = None if rebuild else _previous(index)
        if old and old.embedder != embedder_name:
            raise OtherEmbedder(
                f"The index was built with the embedding model {old.embedder}, but {embedder_name} is configured. "
                "Either set EMBEDDING_MODEL back, or run this again with --rebuild to embed everything anew."
            )
        about, glossary = (_content(knowledge / name) for name in CONTENT)
        plan = _read(knowledge, old, index)
        same = old is not None and not plan.report.changes and (old.about, old.glossary) == (about, glossary)
        if dry_run or (same and old):
            in_use = old.name if old else ""
            return Report(plan.report.lines, in_use, len(plan.fresh) if dry_run else 0, len(plan.passages))
        return _build(index, plan, old, about, glossary, load_embedder, embedder_name, progress, now())


@dataclass(frozen=True)
class _Plan:
    """The next generation, before anything is computed."""

    passages: list[Passage]
    files: dict[str, tuple[str, tuple[int, int]]]  # path -> digest, rows
    kept: dict[int, int]  # row -> row in the old generation of the same passage
    same_text: dict[int, int]  # row -> row in the old generation with the same embedded text
    report: Report

    @property
    def fresh(self) -> list[int]:
        """The rows that must be embedded."""
        return [row for row in range(len(self.passages)) if row not in self.same_text]


def _read(knowledge: Path, old: Manifest | None, index: Path) -> _Plan:

    before: list[Passage] = generations.read_passages(index / old.name) if old else []
    row_of = {passage.id: row for row, passage in enumerate(before)} if old else {}
    text_row = {passage.embedded: row for row, passage in enumerate(before)}
    passages: list[Passage] = []
    kept: dict[int, int] = {}
    same_text: dict[int, int] = {}
    files: dict[str, tuple[str, tuple[int, int]]] = {}
    lines: list[Line] = []
    found = list(_walk(knowledge))
    for path in found:
        name = path.relative_to(knowledge).as_posix()
        entry = old.files.get(name) if old else None
        line, digest, own = _read_file(path, name, knowledge, entry, before)
        lines.append(line)
        start = len(passages)
        for passage in {one.id: one for one in own}.values():
            row = len(passages)
            if passage.id in row_of:
                kept[row] = row_of[passage.id]
            if passage.embedded in text_row:
                same_text[row] = text_row[passage.embedded]
            passages.append(passage)
        if line.status != "failed" or entry:
            files[name] = digest, (start, len(passages))
    present = {line.path for line in lines}
    lines += [Line(name, "removed") for name in sorted(old.files if old else ()) if name not in present]
    return _Plan(passages, files, kept, same_text, Report(tuple(lines), ""))


def _read_file(
    path: Path, name: str, knowledge: Path, known: FileEntry | None, before: Sequence[Passage]
) -> tuple[Line, str, list[Passage]]:
    """What became of the file, the digest to remember, and its passages: its old ones if it cannot be read now."""

    old_passages = list(before[known.rows[0] : known.rows[1]]) if known else []
    try:
        digest = _digest(path)
        if known and known.digest == digest:
            return Line(name, "unchanged", len(old_passages)), digest, old_passages
        document = documents.read(path, knowledge)
        passages = documents.split(document)
        status: Status = "changed" if known else "added"
        return Line(name, status, len(passages), " ".join(document.remarks)), digest, passages
    except documents.Unreadable as error:
        reason = str(error)
    except OSError as error:
        reason = f"The file cannot be opened ({error.strerror}). Check its permissions."
    if known:
        reason += f" The bot goes on answering from the {len(old_passages)} passages of its last good version."
    return Line(name, "failed", len(old_passages), reason), known.digest if known else "", old_passages


def _build(
    index: Path,
    plan: _Plan,
    old: Manifest | None,
    about: str,
    glossary_text: str,
    load_embedder: Callable[[], Embedder],
    embedder_name: str,
    progress: Progress,
    now: datetime,
) -> Report:

    about_file.parse(about)
    glossary = glossary_file.parse(glossary_text)
    name = generations.new_name(now)
    building = index / f"building-{name}"
    try:
        for leftover in index.glob("building-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        building.mkdir()
        vectors = _vectors(index, plan, old, load_embedder, progress)
        library.write_vectors(building, vectors)
        manifest = Manifest(
            embedder=embedder_name,
            built_at=now.isoformat(),
            files={path: FileEntry(digest, rows) for path, (digest, rows) in plan.files.items()},
            about=about,
            glossary=glossary_text,
            dimensions=int(vectors.shape[1]),
        )
        words = _keywords(index, plan, old if old and old.glossary == glossary_text else None, glossary)
        generations.write(building, manifest, plan.passages, words)
        library.check(building)
        building.rename(index / name)
        generations.switch(index, name)
        generations.prune(index)
    except OSError as error:
        shutil.rmtree(building, ignore_errors=True)
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise LibraryError(
                f"The disk is full: {index} has no room for a new generation. Free some space and run this again; "
                "the bot goes on answering from the old one."
            ) from error
        raise
    return Report(plan.report.lines, name, len(plan.fresh), len(plan.passages))


def _vectors(
    index: Path, plan: _Plan, old: Manifest | None, load_embedder: Callable[[], Embedder], progress: Progress
) -> Vectors:
    """The vector of every passage, old ones taken over, new ones embedded; shape (passages, dimensions)."""

    fresh = plan.fresh
    parts: dict[int, np.ndarray] = {}
    if plan.same_text and old:
        rows = list(plan.same_text)
        taken = library.read_vectors(index / old.name, [plan.same_text[row] for row in rows])
        parts.update(zip(rows, taken, strict=True))
    if fresh or not old:
        embedder = load_embedder()
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


def _previous(index: Path) -> Manifest | None:

    try:
        return generations.read_manifest(generations.current(index))
    except generations.IndexMissing:
        if (index / "current").exists():
            raise
        return None


def _walk(knowledge: Path) -> Iterable[Path]:
    """Every file that staff put there, in a stable order; not hidden ones, nor the lock files of office programs."""
    for path in sorted(knowledge.rglob("*")):
        inside = path.relative_to(knowledge)
        hidden = any(part.startswith((".", "~$")) for part in inside.parts) or inside.name == "Thumbs.db"
        if not hidden and not path.is_dir() and inside.as_posix() not in CONTENT:
            yield path


def _digest(path: Path) -> str:
    """What decides whether a file changed. Something that is no file (a pipe, say) is left to the reader to refuse."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _content(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
