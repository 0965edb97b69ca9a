"""The knowledge folder: every file that staff put there, what became of it, and the passages it gives."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NoReturn

from bot import documents, wordings
from bot.documents.files import relative
from bot.generations import FileEntry, LibraryError
from bot.passages import Passage

CONTENT = ("about.toml", "glossary.toml")  # settings of the fair, not documents
DROPPINGS = ("Thumbs.db", "desktop.ini")  # Windows leaves them in every folder
NO_DOCUMENTS = (*DROPPINGS, wordings.NAME)
Status = Literal["added", "changed", "unchanged", "removed", "failed"]
CHANGES: tuple[Status, ...] = ("added", "changed", "removed")


@dataclass(frozen=True)
class Line:
    """What became of one file."""

    path: str
    status: Status
    passages: int = 0
    reason: str = ""


@dataclass(frozen=True)
class File:
    """A file as it was found: what became of it, and its passages if they are new."""

    line: Line
    digest: str = ""
    passages: tuple[Passage, ...] | None = None  # None: those of the old generation, if there are any


def read(knowledge: Path, known: Mapping[str, FileEntry]) -> Iterable[File]:
    """Every file of the folder, those that did not change unread, then the files that vanished."""
    present: set[str] = set()
    for path in _walk(knowledge):
        name = relative(path, knowledge)
        if name in present:  # names that differ only in how their characters are composed are one name in citations
            yield File(Line(name, "failed", reason="Another file has the same name. Remove or rename one of them."))
            continue
        present.add(name)
        yield _read_file(path, name, knowledge, known.get(name))
    for name in sorted(known.keys() - present):
        yield File(Line(name, "removed"))


def _read_file(path: Path, name: str, knowledge: Path, known: FileEntry | None) -> File:
    """What became of one file. One that cannot be read now keeps its old passages."""
    count = known.rows[1] - known.rows[0] if known else 0
    try:
        if path.is_dir():
            raise documents.Unreadable("unknown", "A link to a folder is not followed. Put the files themselves here.")
        digest = _digest(path)
        if known and known.digest == digest:
            return File(Line(name, "unchanged", count), digest)
        document = documents.read(path, knowledge)
        passages = tuple(dict.fromkeys(documents.split(document)))
        status: Status = "changed" if known else "added"
        return File(Line(name, status, len(passages), " ".join(document.remarks)), digest, passages)
    except documents.Unreadable as error:
        reason = str(error)
    except OSError as error:
        reason = f"The file cannot be opened ({error.strerror}). Check its permissions."
    except Exception as error:  # noqa: BLE001 - one odd file must not keep all others out
        reason = (
            f"The file cannot be read ({type(error).__name__}). Save it in another format, and tell the developers."
        )
    if known:
        reason += f" The bot goes on answering from the {count} passages of its last good version."
    return File(Line(name, "failed", count, reason), known.digest if known else "")


def _walk(knowledge: Path) -> Iterable[Path]:
    """Every file that staff put there, in a stable order; not hidden ones, nor the lock files of office programs."""
    found = (
        Path(folder) / name for folder, folders, files in os.walk(knowledge, onerror=_stop) for name in folders + files
    )
    for path in sorted(found):
        inside = path.relative_to(knowledge)
        hidden = any(part.startswith((".", "~$")) for part in inside.parts) or inside.name in NO_DOCUMENTS
        if not hidden and (path.is_symlink() or not path.is_dir()) and inside.as_posix() not in CONTENT:
            yield path


def _stop(error: OSError) -> NoReturn:
    """A folder that cannot be looked into must not pass for an empty one: its documents would vanish from the index."""
    raise LibraryError(
        f"The folder {error.filename} cannot be read ({error.strerror}). Check its permissions."
    ) from error


def _digest(path: Path) -> str:
    """What decides whether a file changed. Something that is no file (a pipe, say) is left to the reader to refuse."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def content(knowledge: Path) -> tuple[str, str]:
    """What ``about.toml`` and ``glossary.toml`` say; "" for one that is missing. Raises ValueError naming the file."""
    about, glossary = (_text(knowledge / name) for name in CONTENT)
    return about, glossary


def worded(knowledge: Path) -> tuple[str, tuple[wordings.Entry, ...]]:
    """What every ``wordings.toml`` of the folder says, and a digest of it. Raises ValueError naming the file."""
    files = [path for path in sorted(knowledge.rglob(wordings.NAME)) if not path.is_symlink()]
    texts = {relative(path, knowledge): _text(path) for path in files}
    digest = hashlib.sha256(repr(texts).encode("utf-8", "replace")).hexdigest() if texts else ""
    return digest, tuple(entry for name, text in texts.items() for entry in wordings.parse(text, name))


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")  # Windows' editor puts a mark at the beginning
    except FileNotFoundError:
        return ""
    except UnicodeDecodeError as error:
        raise ValueError(f"{path.name} is not UTF-8 text. Save it as UTF-8.") from error
