"""A path -> its bytes, if it is an ordinary file of the folder, not too large, and of the kind its suffix names."""

from __future__ import annotations

import os
import stat
import unicodedata
from pathlib import Path

from bot.documents.document import Unreadable

MOST_BYTES = 50 * 1024 * 1024
TEXTS = frozenset({".md", ".txt", ".html", ".htm", ".csv"})
ARCHIVES = frozenset({".docx", ".pptx", ".xlsx", ".hwpx"})
COMPOUNDS = frozenset({".doc", ".ppt", ".xls", ".hwp"})
SUFFIXES = TEXTS | ARCHIVES | COMPOUNDS | {".pdf"}

_CLOSED = "The file cannot be opened. Check its permissions, then run again."
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_BINARIES = (  # how files begin that are no text, and what staff call them
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or a new Office file (.docx, .pptx, .xlsx, .hwpx)"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (_COMPOUND, "an old Office or HWP file (.doc, .ppt, .xls, .hwp)"),
    (b"{\\rtf", "a Rich Text file (.rtf)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x7fELF", "a program"),
    (b"HWP Document File V", "a HWP file from before 2000"),
)


def contents(path: Path, root: Path) -> bytes:
    """The bytes of a file in ``root``. A link that leads out of it, a pipe or a device is refused, not opened."""
    try:
        real = path.resolve(strict=True)
        inside = real.is_relative_to(root.resolve(strict=True))
    except (OSError, RuntimeError, ValueError) as error:
        raise Unreadable("broken", "The file cannot be found or leads nowhere. Put the file itself here.") from error
    if not inside:
        raise Unreadable("broken", "This link leads out of the knowledge folder. Put the file itself here.")
    try:
        # Without O_NONBLOCK, opening a pipe waits for a writer that never comes.
        descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise Unreadable("broken", _CLOSED) from error
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise Unreadable("broken", "This is not an ordinary file. Remove it from the knowledge folder.")
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Unreadable("broken", _CLOSED) from error
    finally:
        os.close(descriptor)
    if len(data) > MOST_BYTES:
        most = MOST_BYTES >> 20
        raise Unreadable("too-large", f"The file is larger than {most} MB. Split it, or export the text only.")
    return data


def relative(path: Path, root: Path) -> str:
    """The path within the folder as citations and the index write it: the same on every system."""
    try:
        inside = Path(os.path.abspath(path)).relative_to(os.path.abspath(root))  # noqa: PTH100 - links keep their names
    except ValueError:
        inside = path.resolve().relative_to(root.resolve())
    return unicodedata.normalize("NFC", os.fsencode(inside.as_posix()).decode("utf-8", errors="replace"))


def check_kind(suffix: str, data: bytes) -> None:
    """Unreadable unless the file begins as files of that suffix do: a wrong suffix is read wrongly, or not at all."""
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty", "The file is empty. Fill it or remove it.")
    if suffix in ARCHIVES and data.startswith(_COMPOUND) and _name("EncryptedPackage") in data:
        raise Unreadable("encrypted", "The file is protected by a password. Save it without one.")
    fits = {
        suffix in TEXTS: True,
        suffix in ARCHIVES: data.startswith(b"PK\x03\x04"),
        suffix in COMPOUNDS: data.startswith(_COMPOUND),
        suffix == ".pdf": b"%PDF-" in data[:1024],
    }
    found = next((name for start, name in _BINARIES if data.startswith(start)), None)
    if found is not None and (suffix in TEXTS or not fits[True]):
        raise Unreadable("unknown", f"The name ends in {suffix}, but this is {found}. Give it the right ending.")
    if not fits[True]:
        raise Unreadable("broken", f"The name ends in {suffix}, but the file does not begin like one. Save it again.")


def _name(text: str) -> bytes:
    """As compound files write the names of their parts."""
    return text.encode("utf-16-le")
