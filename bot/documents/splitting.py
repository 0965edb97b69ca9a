"""A Document -> Passages: one for each section, more where a section is long (see ``packing``)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from bot import languages
from bot.documents import tables
from bot.documents.document import Document
from bot.documents.markdown import MARK, Block, blocks
from bot.documents.packing import pieces
from bot.documents.sources import Sources, attribute
from bot.passages import Passage, Source

# About 400 tokens of multilingual-e5, which reads 512 and drops the rest unseen: a token is some 4.5 bytes of German or
# English and 5 to 6 of Korean, and the heading path is embedded along with the text.
PASSAGE_BYTES = 1800

_SLIDES = {".pptx", ".ppt"}  # a slide without a title does not go on under the title of the one before


@dataclass(frozen=True)
class _Section:
    headings: tuple[str, ...]
    page: int | None
    blocks: tuple[Block, ...]


def split(document: Document, size: int = PASSAGE_BYTES) -> list[Passage]:
    """The document's passages in order, each of at most ``size`` bytes of UTF-8 unless one word is longer."""
    marked, sources = attribute(
        replace(tidied, page=page.number)
        for page in document.pages
        for block in blocks(page.markdown)
        for tidied in tables.tidy(block)
    )
    fresh = PurePosixPath(document.path).suffix.lower() in _SLIDES
    overall = document.language or languages.detect(" ".join(block.text for block in marked if block.text)[:2000])
    passages = []
    for section in _sections(marked, fresh=fresh):
        for piece in pieces(section.blocks, size):
            text, named, marks = _unmarked(piece, sources)
            if text:
                passage = Passage(
                    path=document.path,
                    title=document.title,
                    text=text,
                    language=document.language or languages.detect(text, otherwise=overall),
                    headings=section.headings,
                    page=section.page,
                    as_of=document.as_of,
                    review_by=document.review_by,
                    sources=named,
                    marks=marks,
                    known=document.known,
                )
                passages.append(passage)
    return passages


def _sections(marked: Iterable[Block], *, fresh: bool) -> Iterator[_Section]:
    """Runs of blocks under the same headings and on the same page.

    A heading without text of its own is part of the way to those below it; with none below, it is the text itself.
    """
    way: list[tuple[int, str]] = []
    held: list[Block] = []
    page: int | None = None
    bare = False  # nothing has stood under the innermost heading yet
    for block in marked:
        turned = block.page != page
        if held and (turned or block.kind == "heading"):
            yield _Section(tuple(text for _, text in way), page, tuple(held))
            held = []
        if bare and ((block.kind == "heading" and block.level <= way[-1][0]) or (turned and fresh)):
            yield _bare(way, page)
            bare = False
        if turned and fresh:
            way = []
        page = block.page
        if block.kind != "heading":
            held.append(block)
            bare = False
        elif block.text:
            way = [*((level, text) for level, text in way if level < block.level), (block.level, block.text)]
            bare = True
    if held:
        yield _Section(tuple(text for _, text in way), page, tuple(held))
    elif bare:
        yield _bare(way, page)


def _bare(way: list[tuple[int, str]], page: int | None) -> _Section:
    return _Section(tuple(text for _, text in way), page, (Block("text", way[-1][1]),))


def _unmarked(piece: str, sources: Sources) -> tuple[str, tuple[Source, ...], tuple[tuple[int, int], ...]]:
    """The words alone, the sources that its marks name, and where each mark stood."""
    named: dict[Source, int] = {}
    marks: dict[tuple[int, int], None] = {}  # in order, each once
    parts: list[str] = []
    length = 0
    for at, part in enumerate(MARK.split(piece.strip())):
        if at % 2 == 0:
            parts.append(part)
            length += len(part)
            continue
        for source in sources.get(part, ()):
            marks[length, named.setdefault(source, len(named))] = None
    return "".join(parts), tuple(named), tuple(marks)
