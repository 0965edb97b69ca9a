"""A file -> a Document: finds the reader, then title, date and language where each format keeps them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from bot.characters import clean
from bot.documents import encodings, files
from bot.documents.dates import iso
from bot.documents.document import Content, Document, Page, Unreadable
from bot.documents.markdown import Block, blocks, escape, row
from bot.documents.preface import Preface, preface
from bot.documents.sandbox import sandbox
from bot.documents.sources import unexplained
from bot.documents.tables import checked_width

SUFFIXES = files.SUFFIXES
MOST_CHARACTERS = 5_000_000

_AS_OF = re.compile(r"\W*(?:as of|기준일|stand|as-of date)\s*[:：]\s*(.{4,30}?)\W*$", re.IGNORECASE)
_NEAR_THE_TOP = 20  # blocks
_IN_NAME = re.compile(r"\.(ko|en|de)$", re.IGNORECASE)
_LONGEST_TITLE = 200


def read(path: Path, root: Path) -> Document:
    """The document in a file inside ``root``; Unreadable when it has no text for us, for whatever reason."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        known = " ".join(sorted(SUFFIXES))
        raise Unreadable("unknown", f"Files ending in {suffix or 'nothing'} cannot be read. Save it as one of {known}.")
    data = files.contents(path, root)
    files.check_kind(suffix, data)
    front = Preface()
    if suffix in (".md", ".txt", ".csv"):
        text = clean(_limited(encodings.decode(data)))
        remarks: tuple[str, ...] = ()
        if suffix == ".md":
            front, text = preface(text)
            if loose := unexplained(blocks(text)):
                remarks = (f"Marks without a footnote, so without a source: {', '.join(loose)}.",)
        else:
            text = plain(text) if suffix == ".txt" else table(text)
        content = Content((Page(None, text),), remarks=remarks)
    else:
        content = sandbox().read(suffix, data)
        content = Content(
            tuple(Page(page.number, clean(page.markdown)) for page in content.pages),
            content.title,
            content.as_of,
            content.asides,
            content.remarks,
        )
        _limited("".join(page.markdown for page in content.pages))
    if not any(
        block.kind != "definition" and block.has_words for page in content.pages for block in blocks(page.markdown)
    ):
        raise _nothing(suffix)
    stem = Path(files.relative(path, root)).stem
    named = _IN_NAME.search(stem)
    return Document(
        path=files.relative(path, root),
        title=front.title or _first_title(content) or content.title or (stem[: named.start()] if named else stem),
        language=front.language or (named[1].lower() if named else ""),
        as_of=front.as_of or _as_of(content) or content.as_of,
        review_by=front.review_by,
        known=front.known,
        pages=content.pages,
        remarks=front.remarks + content.remarks,
    )


def plain(text: str) -> str:
    """A text file as Markdown: a blank line ends a paragraph, and so does a line that was not broken for its length."""
    parts: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        longest = max(map(len, lines), default=0)
        before = ""
        for line in lines:
            # Mail and old editors break lines at 60 to 80 characters; what is broken there goes on.
            if before and _broken_for_length(before, longest, line):
                parts[-1] += f" {line}"
            else:
                parts.append(line)
            before = line
    return "\n\n".join(map(escape, parts))


def _broken_for_length(line: str, longest: int, following: str) -> bool:
    return 40 <= longest <= 120 and len(line) + len(following.split(maxsplit=1)[0]) >= longest


def table(text: str) -> str:
    """A CSV file as a Markdown table; its first row is the header."""
    csv.field_size_limit(MOST_CHARACTERS)
    try:
        read = csv.reader(_lines(text), delimiter=_delimiter(text))
        rows = [list(map(escape, cells)) for cells in read if any(cells)]
    except csv.Error as error:
        raise Unreadable("broken", "This is not a CSV file that can be read. Save it again as CSV.") from error
    width = checked_width(rows)
    lines = [row(cells + [""] * (width - len(cells))) for cells in rows]
    return "\n".join([*lines[:1], row(["---"] * width), *lines[1:]]) if lines else ""


def _lines(text: str) -> Iterator[str]:
    return (line + "\n" for line in text.split("\n"))


def _delimiter(text: str) -> str:
    """The one that cuts the first rows into the most columns of which all rows have equally many."""

    def columns(delimiter: str) -> int:
        try:
            first = islice(csv.reader(_lines(text[:100_000]), delimiter=delimiter), 30)
            widths = [len(cells) for cells in first if cells]
        except csv.Error:
            return 0
        common = max(set(widths), key=widths.count, default=0)
        return common if common > 1 and widths.count(common) > len(widths) / 2 else 0

    return max(",;\t|", key=columns)


def _limited(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise Unreadable("too-large", f"The file has more than {MOST_CHARACTERS:,} characters. Split it.")
    return text


def _nothing(suffix: str) -> Unreadable:
    if suffix in files.TEXTS:
        return Unreadable("empty", "There are no words in this file. Fill it or remove it.")
    return Unreadable("no-text", "No text in this file, only pictures, drawings or nothing. Run OCR on it or type it.")


def _first(content: Content) -> Iterator[Block]:
    return (block for page in content.pages[:3] for block in blocks(page.markdown))


def _first_title(content: Content) -> str:
    found = next((block.text for block in _first(content) if block.kind == "heading" and block.level == 1), "")
    return found if len(found) <= _LONGEST_TITLE else ""


def _as_of(content: Content) -> str:
    top = [block.text for block in islice(_first(content), _NEAR_THE_TOP)]
    asides = [line for aside in content.asides for line in aside.split("\n")]
    return next((date for text in (*top, *asides) if (match := _AS_OF.match(text)) and (date := iso(match[1]))), "")
