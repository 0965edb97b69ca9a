"""Everything that must not be lost, in one archive, taken while the bot runs; and back again.

    database/TABLE.jsonl    a row a line, all as of one moment; it fits SQLite and PostgreSQL
    knowledge/…             the folder as it is
    index/…                 the generation in use, without Chroma's own files, which are made anew
    backup.json             what is in it, each file with its digest; written last, so that a torn archive is known

It holds what visitors said, so only its owner may read it. It holds no secret: of those only that they were set.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import tarfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory, TemporaryFile

from bot import generations, opened, vectors
from bot.generations import LibraryError
from bot.store import StoreError, archive

FORMAT = 1
PIECE = 1 << 20
NAME = re.compile(r"([0-9][0-9TZ.]{7,39})?")  # of a generation, or none: it becomes a folder, of the index alone


class BackupError(Exception):
    """It was not done; the text says why, what to do, and whether anything was changed."""


@dataclass
class Contents:
    """What an archive holds."""

    made_at: str
    schema: str
    settings: dict[str, str]
    generation: str = ""  # "" where there was no index
    rows: dict[str, int] = field(default_factory=dict)  # of each table
    files: dict[str, str] = field(default_factory=dict)  # path in the archive -> digest
    format: int = FORMAT

    def __str__(self) -> str:
        documents = sum(path.startswith("knowledge/") for path in self.files)
        index = f"the index {self.generation}" if self.generation else "no index"
        return f"{sum(self.rows.values())} rows of {len(self.rows)} tables, {documents} files of knowledge, {index}"

    def restored(self) -> str:
        """What to tell whoever has restored it."""
        told = [f"As of {self.made_at} there are again {self}. What was set then:"]
        told += [f"    {name}={value}" for name, value in self.settings.items()]
        return "\n".join([*told, "See whether all is well: expo-bot doctor"])


def write(file: Path, url: str, knowledge: Path, index: Path, settings: Mapping[str, str], now: datetime) -> Contents:
    """Back up the database at ``url`` and both folders into ``file``. Raises BackupError."""
    if file.exists():
        raise BackupError(f"{file} exists already. Name another file.")
    contents = Contents(now.isoformat(), archive.newest(), dict(settings))
    try:
        with NamedTemporaryFile(dir=file.parent, prefix=f".{file.name}.", delete=False) as raw, ExitStack() as undo:
            undo.callback(Path(raw.name).unlink)
            with tarfile.open(fileobj=raw, mode="w:gz") as tar:
                _pack(partial(_add, tar, contents.files), contents, url, knowledge, index)
                _add(tar, {}, "backup.json", [json.dumps(asdict(contents), indent=1).encode()])
            raw.flush()
            os.fsync(raw.fileno())
            undo.pop_all()
        Path(raw.name).rename(file)
    except StoreError as error:
        raise BackupError(str(error)) from error
    except OSError as error:
        raise BackupError(f"{error.filename or file} cannot be backed up ({error.strerror}).") from error
    return contents


def restore(file: Path, url: str, knowledge: Path, index: Path, *, overwrite: bool) -> Contents:
    """Bring back what ``file`` holds; where that fails, the database is as it was. Raises BackupError.

    The database must be empty and the knowledge the same or none, unless ``overwrite``.
    """
    with TemporaryDirectory() as place:
        stage = Path(place)
        contents = _unpacked(file, stage)
        try:
            with generations.writing(index), _documents(stage / "knowledge", knowledge, overwrite) as put_knowledge:
                put_index = _generation(stage / "index", index, contents.generation, overwrite)

                def put() -> None:
                    put_knowledge()
                    put_index()

                archive.restore(url, partial(_lines, stage / "database"), put, overwrite=overwrite)
        except (StoreError, LibraryError) as error:
            raise BackupError(str(error)) from error
        except OSError as error:
            raise BackupError(
                f"{error.filename} cannot be restored ({error.strerror}). The database is as it was, of the documents "
                "some may be new. Mend that, and restore again with --overwrite."
            ) from error
    return contents


def _pack(
    add: Callable[[str, Iterable[bytes]], None], contents: Contents, url: str, knowledge: Path, index: Path
) -> None:
    with archive.snapshot(url) as tables:
        for name, lines in tables:
            contents.rows[name] = 0

            def counted(name: str = name, lines: Iterator[str] = lines) -> Iterator[bytes]:
                for line in lines:
                    contents.rows[name] += 1
                    yield f"{line}\n".encode()

            add(f"database/{name}.jsonl", counted())
    for path in _files(knowledge):
        add(f"knowledge/{path.relative_to(knowledge).as_posix()}", _pieces(path))
    try:
        folder = generations.current(index)
    except generations.IndexMissing:
        return
    contents.generation = folder.name
    for path in sorted(one for one in folder.iterdir() if one.name != vectors.CHROMA):
        add(f"index/{path.name}", _pieces(path))


def _add(tar: tarfile.TarFile, digests: dict[str, str], name: str, pieces: Iterable[bytes]) -> None:
    """A file of the archive. Its size stands before it, so it is gathered first: what is copied may be growing."""
    digest = hashlib.sha256()
    with TemporaryFile() as whole:
        for piece in pieces:
            digest.update(piece)
            whole.write(piece)
        head = tarfile.TarInfo(name)
        head.size, head.mode = whole.tell(), 0o600
        whole.seek(0)
        tar.addfile(head, whole)
    digests[name] = digest.hexdigest()


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _files(knowledge: Path) -> list[Path]:
    """Every file of the folder but hidden ones and the locks of office programs."""
    inside = (path for path in knowledge.rglob("*") if path.is_file())
    return sorted(
        path for path in inside if not any(part.startswith((".", "~$")) for part in path.relative_to(knowledge).parts)
    )


def _unpacked(file: Path, stage: Path) -> Contents:
    """The archive in ``stage``, every file of it as it was when it was made. Raises BackupError."""
    if not file.is_file():
        raise BackupError(f"There is no file {file}.")
    try:
        with tarfile.open(file) as tar:
            tar.extractall(stage, filter="data")
        contents = Contents(**json.loads((stage / "backup.json").read_text("utf-8")))
        (stage / "backup.json").unlink()
        found = {path.relative_to(stage).as_posix(): _digest(path) for path in stage.rglob("*") if path.is_file()}
        whole = found == contents.files and bool(NAME.fullmatch(contents.generation))
    except (OSError, tarfile.TarError, EOFError, zlib.error, ValueError, TypeError) as error:
        raise BackupError(f"{file} is damaged, or no backup of this program. Nothing was changed.") from error
    if not whole:
        raise BackupError(f"{file} is damaged: not everything in it is as it was written. Nothing was changed.")
    if (contents.format, contents.schema) != (FORMAT, archive.newest()):
        raise BackupError(
            f"{file} was made by another version of this program (schema {contents.schema}, this one has "
            f"{archive.newest()}). Restore it with that version, then start this one: it brings the database up to date."
        )
    return contents


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _lines(folder: Path, table: str) -> Iterator[str]:
    with (folder / f"{table}.jsonl").open(encoding="utf-8") as lines:
        yield from lines


@contextmanager
def _documents(source: Path, knowledge: Path, overwrite: bool) -> Iterator[Callable[[], None]]:
    """What puts the documents into their folder, after they have been brought beside it: there is room for them."""
    wanted = {path.relative_to(source): _digest(path) for path in _files(source)}
    there = {path.relative_to(knowledge): _digest(path) for path in _files(knowledge)}
    if there == wanted:
        yield lambda: None
        return
    if there and not overwrite:
        different = sorted(str(path) for path in wanted.keys() | there.keys() if wanted.get(path) != there.get(path))
        raise BackupError(
            f"{knowledge} has other files than the backup ({', '.join(different[:3])}{', …' * (len(different) > 3)}). "
            "Restore into an empty folder, or with --overwrite: then it becomes as it was."
        )
    knowledge.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=knowledge, prefix=".restoring-") as beside:
        new = Path(beside) / "new"
        if source.is_dir():
            shutil.copytree(source, new)

        def put() -> None:
            for path in there.keys() - wanted.keys():
                (knowledge / path).unlink()
            for path in wanted:
                (knowledge / path).parent.mkdir(parents=True, exist_ok=True)
                (new / path).replace(knowledge / path)

        yield put


def _generation(source: Path, index: Path, name: str, overwrite: bool) -> Callable[[], None]:
    """What switches to the generation of the backup, after it has been brought into the index and checked."""
    if not name or ((index / "current").exists() and not overwrite):
        return lambda: None
    if name not in generations.names(index):
        building = index / f"building-{name}"
        shutil.rmtree(building, ignore_errors=True)
        shutil.copytree(source, building)
        vectors.write_chroma(building)
        opened.check(building)
        building.rename(index / name)
    return partial(generations.switch, index, name)
