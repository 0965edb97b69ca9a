"""Document and Page: what was read from one file; Unreadable: why nothing was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Reason = Literal["empty", "encrypted", "no-text", "unknown", "too-large", "broken", "timeout"]


class Unreadable(Exception):
    """The file gives no passages. The text is a sentence for staff that ends in what to do about it."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason: Reason = reason


@dataclass(frozen=True)
class Page:
    """A page or slide and its Markdown; formats without pages are one page without a number."""

    number: int | None
    markdown: str


@dataclass(frozen=True)
class Content:
    """What a reader found in a file: its pages, and what the file says of itself."""

    pages: tuple[Page, ...]
    title: str = ""  # from the file's properties: worth less than a title on the first page
    as_of: str = ""  # when the file was changed last: worth less than a date in the text
    asides: tuple[str, ...] = ()  # headers and footers: not part of the text, but a date may stand there
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Document:
    """What one file says. Only declared languages are in ``language``: else each passage is asked for its own."""

    path: str  # relative to the knowledge folder, with forward slashes, in Unicode's composed form
    title: str
    language: str = ""  # ISO 639-1
    as_of: str = ""  # ISO date
    review_by: str = ""  # ISO date
    known: bool = True  # False: the document tells what is NOT known
    pages: tuple[Page, ...] = ()
    remarks: tuple[str, ...] = ()  # sentences for staff: what was left out although the file could be read
