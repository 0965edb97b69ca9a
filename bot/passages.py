"""Passage and Source: a piece of a document that can say where it stands and as of when.

Pure values. Everything that reads, splits, searches or cites documents speaks of these.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """Who published a statement, when (a date as printed: ``2025-05-09``, ``2025-05``, ``2022``) and where."""

    publisher: str
    published: str = ""
    url: str = ""


@dataclass(frozen=True)
class Passage:
    """A piece of a document, small enough to embed and large enough to answer from.

    ``text`` is the document's own wording without its footnote marks. A mark ``(end, i)`` says that the words which
    end at offset ``end`` (in characters of ``text``) come from ``sources[i]``. Without any mark the sources, if
    there are any, stand for the whole passage.
    """

    path: str  # relative to the knowledge folder, with forward slashes
    title: str
    text: str
    language: str = ""  # ISO 639-1
    headings: tuple[str, ...] = ()  # from the outermost to the innermost; a sheet or slide title is one of them
    page: int | None = None  # page or slide, from 1
    as_of: str = ""  # ISO date the document speaks of
    review_by: str = ""  # ISO date after which staff should have looked at it again
    sources: tuple[Source, ...] = ()
    marks: tuple[tuple[int, int], ...] = ()
    known: bool = True  # False: the passage tells what is NOT known

    @property
    def id(self) -> str:
        """The same passage has the same id in every generation; any change makes another one."""
        return hashlib.sha256(json.dumps(asdict(self), ensure_ascii=False).encode()).hexdigest()[:32]

    @property
    def where(self) -> str:
        """The place within the document, for a person: ``Programme › Day 1, p. 4``."""
        place = " › ".join(heading for heading in self.headings if heading != self.title)
        page = f"p. {self.page}" if self.page else ""
        return ", ".join(part for part in (place, page) if part)

    @property
    def embedded(self) -> str:
        """What is embedded: the way to the passage, then its words: "the venue" is found with the fair's name."""
        titled = self.title not in self.path.rsplit("/", 1)[-1] or _tells(self.title)
        way = " › ".join(dict.fromkeys((self.title, *self.headings) if titled else self.headings))
        return f"{way}\n{self.text}" if way else self.text

    def sources_of(self, start: int, end: int) -> tuple[Source, ...]:
        """The sources of ``text[start:end]``: its own marks, or the next one in its paragraph.

        A passage without any marks has its sources for all that it says.
        """
        if not self.marks:
            return self.sources
        own = [index for offset, index in self.marks if start < offset <= end]
        if not own and self.known:
            # A mark at the end of a paragraph stands for the sentences before it, not for those of other paragraphs.
            behind = [(at, index) for at, index in self.marks if at > end and "\n" not in self.text[end:at]]
            own = [index for offset, index in behind if offset == behind[0][0]]
        return tuple(self.sources[index] for index in dict.fromkeys(own))


def _tells(name: str) -> bool:
    """Whether a file's name says what is in it: ``price list 2025``, 가격표, but not ``00417``, ``scan-12``, ``a1b2c3``.

    A bare number in front of every passage makes them alike: it cost 2 points of nDCG@10 where questions and passages
    are in different languages, and the vectors have the least to go by.
    """
    words = re.findall(r"[^\W\d_]{3,}|[가-힣]{2,}", name)
    return len(words) > 1 or (bool(words) and not re.search(r"\d", name))


def to_json(passage: Passage) -> dict[str, Any]:
    """A plain dictionary that :func:`from_json` turns back into an equal passage."""
    return asdict(passage)


def from_json(data: dict[str, Any]) -> Passage:
    """The inverse of :func:`to_json`, also after a trip through JSON text."""
    return Passage(
        **{
            **data,
            "headings": tuple(data["headings"]),
            "sources": tuple(Source(**source) for source in data["sources"]),
            "marks": tuple((int(end), int(index)) for end, index in data["marks"]),
        }
    )
