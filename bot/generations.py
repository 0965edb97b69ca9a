"""Generations on disk: complete indexes beside each other, and one line, ``current``, that names the one in use.

    index/
        current                     the name of the generation in use, swapped with os.replace
        lock                        held by the ingest that is running
        20261123T050000.000000Z/
            manifest.json           who made it, when, from which files
            passages.jsonl          a passage a line; its line is its row everywhere else
            words.json keywords.npz the keyword part
            statistics.npz          mean and covariance of all vectors
            about.toml glossary.toml  as they were
            vectors.npy             the vectors, a row each
            chroma/                 the vectors once more, for finding the nearest
            statements.kept.npy     the vectors of single statements, as far as they were made
            wordings.json           in what words people ask for what the passages say
            wordings.kept.npy       the vectors of those that were not fitted with the project
            ….asks.kept.npy         the vectors of bot/asks.toml

A reader opens what ``current`` names and never sees a half-written folder; a writer that dies leaves only a
``building-…`` folder, which the next one removes. Old generations stay for going back.
"""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from filelock import FileLock, Timeout

from bot.keywords import Keywords
from bot.passages import Passage, from_json, to_json

FORMAT = 2  # raise it when the files of a generation change their meaning: older ones are then built anew
KEPT = 3
# What reading a file raises that was cut off, emptied or written by something else.
DAMAGE = (OSError, ValueError, TypeError, KeyError, IndexError, AttributeError, EOFError, zipfile.BadZipFile)


class LibraryError(Exception):
    """Anything wrong with the index. The text is for staff and says what to do."""


class IndexMissing(LibraryError):
    """There is no index yet, or the folder is not one."""


class OtherEmbedder(LibraryError):
    """The index was built with another embedding model than the one configured."""


class Busy(LibraryError):
    """Another ingest is writing into this index."""


@dataclass(frozen=True)
class FileEntry:
    """A file of the knowledge folder as a generation took it in. ``digest`` is of the content that was read."""

    digest: str
    rows: tuple[int, int]  # its passages are the rows from the first up to, not including, the second


@dataclass(frozen=True)
class Manifest:
    """What a generation is made of."""

    embedder: str
    built_at: str  # ISO, UTC
    files: dict[str, FileEntry]
    about: str = ""
    glossary: str = ""
    wordings: str = ""  # digest of the files
    dimensions: int = 0
    format: int = FORMAT
    name: str = field(default="", compare=False)

    @property
    def passages(self) -> int:
        """How many passages it holds."""
        return max((entry.rows[1] for entry in self.files.values()), default=0)


def current(index: Path) -> Path:
    """The folder of the generation in use. Raises IndexMissing."""
    try:
        name = (index / "current").read_text("utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"There is no index in {index} yet. Run: expo-ingest") from None
    except (OSError, UnicodeDecodeError) as error:
        raise IndexMissing(f"The index in {index} cannot be read ({error}). Check its permissions.") from error
    folder = index / name
    if not name or Path(name).name != name or not (folder / "manifest.json").is_file():
        raise IndexMissing(f"{index} names a generation that is not there ({name!r}). Run: expo-ingest --rebuild")
    return folder


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a generation. Raises IndexMissing if it is foreign or damaged."""
    try:
        data = json.loads((folder / "manifest.json").read_text("utf-8"))
        files = {path: FileEntry(entry["digest"], tuple(entry["rows"])) for path, entry in data.pop("files").items()}
        manifest = Manifest(**{**data, "files": files, "name": folder.name})
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise IndexMissing(f"{folder} is not an index this program can read. Run: expo-ingest --rebuild") from error
    if manifest.format != FORMAT:
        raise IndexMissing(
            f"{folder} was built by another version of this program (format {manifest.format}, this one reads "
            f"{FORMAT}). Run: expo-ingest --rebuild"
        )
    return manifest


def read_passages(folder: Path) -> list[Passage]:
    """All passages of a generation, in the order of their rows."""
    try:
        with (folder / "passages.jsonl").open(encoding="utf-8") as lines:
            passages = [from_json(json.loads(line)) for line in lines]
    except DAMAGE as error:
        raise damaged(folder, error) from error
    if len(passages) != read_manifest(folder).passages:
        raise damaged(folder, EOFError())
    return passages


def read_keywords(folder: Path) -> Keywords:
    """The keyword part of a generation."""
    try:
        vocabulary = json.loads((folder / "words.json").read_text("utf-8"))
        with (folder / "keywords.npz").open("rb") as file, np.load(file) as arrays:
            return Keywords({word: index for index, word in enumerate(vocabulary)}, **arrays)
    except DAMAGE as error:
        raise damaged(folder, error) from error


def damaged(folder: Path, error: BaseException) -> IndexMissing:
    """What staff read when a generation that is there cannot be read."""
    return IndexMissing(f"The index in {folder} is damaged ({type(error).__name__}). Run: expo-ingest --rebuild")


def write(folder: Path, manifest: Manifest, passages: Sequence[Passage], keywords: Keywords) -> None:
    """Write everything but the vectors into ``folder``."""
    with (folder / "passages.jsonl").open("w", encoding="utf-8") as lines:
        lines.writelines(json.dumps(to_json(passage), ensure_ascii=False) + "\n" for passage in passages)
    (folder / "words.json").write_text(json.dumps(list(keywords.vocabulary), ensure_ascii=False), "utf-8")
    np.savez(
        folder / "keywords.npz",
        starts=keywords.starts,
        rows=keywords.rows,
        counts=keywords.counts,
        lengths=keywords.lengths,
    )
    data = {key: value for key, value in asdict(manifest).items() if key != "name"}
    (folder / "manifest.json").write_text(json.dumps(data, ensure_ascii=False, indent=1), "utf-8")


def hand_on(old: Path, new: Path) -> None:
    """Copy what one generation keeps for the next, ``*.kept.npy``: vectors of texts, wherever they stand. Raises OSError."""
    for kept in old.glob("*.kept.npy"):
        shutil.copyfile(kept, new / kept.name)


def switch(index: Path, name: str) -> None:
    """Make ``name`` the generation in use, at once and whole."""
    beside = index / "current.new"
    with beside.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    beside.replace(index / "current")


def names(index: Path) -> list[str]:
    """The complete generations, oldest first."""
    if not index.is_dir():
        return []
    return sorted(
        folder.name for folder in index.iterdir() if (folder / "manifest.json").is_file() and _is_name(folder)
    )


def new_name(now: datetime) -> str:
    """A name that sorts by time."""
    return now.astimezone(UTC).strftime("%Y%m%dT%H%M%S.%fZ")


def roll_back(index: Path, name: str | None = None) -> str:
    """Switch to ``name``, or to the generation before the one in use; the one switched to. Raises LibraryError."""
    name = back_from("" if name is not None else current(index).name, names(index), name)
    switch(index, name)
    return name


def back_from(in_use: str, present: Sequence[str], name: str | None = None) -> str:
    """``name`` if it is ``present``, or the one before ``in_use``. Raises LibraryError if there is none."""
    if name is None:
        earlier = [other for other in present if other < in_use]
        if not earlier:
            raise LibraryError("There is no earlier generation to go back to. expo-ingest --list shows what there is.")
        name = earlier[-1]
    if name not in present:
        raise LibraryError(f"There is no generation {name}. expo-ingest --list shows what there is.")
    return name


def prune(index: Path, kept: int = KEPT) -> None:
    """Remove what dead writers left, and all but the last ``kept`` generations; never the one in use."""
    in_use = current(index).name
    doomed = [name for name in names(index) if name != in_use][: -(kept - 1) or None]
    for folder in [index / name for name in doomed] + list(index.glob("building-*")):
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Hold the index for one writer; the lock goes with the process that holds it. Raises Busy or LibraryError."""
    lock = FileLock(index / "lock", timeout=0)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        raise Busy(
            f"Another ingest is writing into {index}. Wait until it has finished, then run this again."
        ) from None
    except OSError as error:
        raise LibraryError(
            f"Nothing can be written into {index} ({error.strerror}). Is it a folder of yours?"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _is_name(folder: Path) -> bool:
    return folder.name[:1].isdigit()
