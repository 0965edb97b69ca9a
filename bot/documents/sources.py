"""Who says so: footnotes, source lines and source columns -> marks behind the words they stand for.

In Markdown a footnote is the source of the sentence before it. Every other format has its source lines ("Source: …",
"출처: …", "Quelle: …"): such a line speaks for all that stands between it and the source line or heading before. In a
table a column of that name speaks for its row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import urlsplit

from bot.documents.dates import iso
from bot.documents.markdown import CLOSE, MARK, OPEN, Block, with_addresses, words
from bot.passages import Source

Sources = dict[str, tuple[Source, ...]]  # by the name between the mark characters

_WORD = r"(?:sources?|출처|quellen?)"
_LINE = re.compile(rf"(?:[-•·*※]\s*)?(?P<open>[(\[])?{_WORD}\s*[:：]\s*(?P<stated>.+)$", re.IGNORECASE)
_COLUMN = re.compile(rf"{_WORD}$", re.IGNORECASE)
_DATED = re.compile(
    r"\s*(?P<date>[A-Za-z]{3,9}\.? \d{1,2}, \d{4}|[^,;]{4,20}?)(?:,\s*(?P<url>https?://\S+?))?\s*(?:;\s+|$)"
)
_ADDRESSED = re.compile(r"\s*(?:(?P<publisher>[^\s].{0,300}?)[,:]?\s+)?(?P<url>https?://\S+?)\s*(?:;\s+|$)")
_LONGEST_LINE = 2000  # characters; a source line is no paragraph
_LONGEST_NAME = 500  # of a publisher: it stands beside every passage that names it
_MOST = 50  # sources of one statement


def stated(text: str) -> tuple[Source, ...]:
    """The sources in ``PUBLISHER, DATE, URL; PUBLISHER, DATE``; none unless each has a date or an address."""
    found: list[Source] = []
    start = 0
    if len(text) > _LONGEST_LINE:
        return ()
    while start < len(text):
        match = _next(text, start)
        if match is None:
            return ()
        source, start = match
        found.append(source)
    return tuple(found)


def _next(text: str, start: int) -> tuple[Source, int] | None:
    comma = text.find(",", start)
    while comma >= 0 and "://" not in text[start:comma]:  # a publisher may have commas and semicolons in its name
        dated = _DATED.match(text, comma + 1)
        if dated and (date := iso(dated["date"])):
            return Source(text[start:comma].strip(), date, dated["url"] or ""), dated.end()
        comma = text.find(",", comma + 1)
    addressed = _ADDRESSED.match(text, start)
    if addressed is None:
        return None
    publisher = addressed["publisher"] or urlsplit(addressed["url"]).hostname or ""
    return Source(publisher, url=addressed["url"]), addressed.end()


def of_footnote(text: str) -> tuple[Source, ...]:
    """What a Markdown footnote says is a source by being there, in whatever form."""
    plain = words(with_addresses(text))
    return stated(plain) or ((Source(plain[:_LONGEST_NAME]),) if plain else ())


def of_line(text: str) -> tuple[Source, ...]:
    """The sources a line like ``Source: PUBLISHER, DATE, URL`` names; none for any other line."""
    match = _LINE.match(text) if len(text) <= _LONGEST_LINE else None
    if match is None:
        return ()
    return stated(match["stated"].rstrip(")] ") if match["open"] else match["stated"])


def unexplained(blocks: Iterable[Block]) -> list[str]:
    """The footnote marks that have no footnote, in order."""
    marks: dict[str, None] = {}
    defined = set()
    for block in blocks:
        defined.add(block.name)
        for text in (block.text, *(cell for row in block.rows for cell in row)):
            marks.update(dict.fromkeys(MARK.findall(text)))
    return [f"[^{name}]" for name in marks if name not in defined]


def attribute(blocks: Iterable[Block]) -> tuple[list[Block], Sources]:
    """The blocks without source lines, columns and footnote definitions, marked; and what the marks mean."""
    marked: list[Block] = []
    sources: Sources = {}
    name = ""
    spoken_for = begin = 0  # a line speaks for marked[begin:]; a second one right behind it for the same again
    for block in blocks:
        if block.kind == "definition":
            sources[block.name] = of_footnote(block.text)
        elif block.kind in ("text", "item") and (named := of_line(block.text)) and begin < len(marked):
            if spoken_for == len(marked):
                sources[name] = (sources[name] + named)[:_MOST]
                continue
            name = f"line {len(sources)}"  # no footnote has a space in its name
            sources[name] = named
            marked[begin:] = [_signed(earlier, name) for earlier in marked[begin:]]
            spoken_for = len(marked)
        elif block.kind == "heading":
            marked.append(block)
            begin = len(marked)
        else:
            begin = spoken_for if spoken_for == len(marked) else begin
            marked.append(_by_column(block, sources) if block.kind == "table" else block)
    return marked, sources


def _signed(block: Block, name: str) -> Block:
    if block.kind == "table":
        return replace(block, rows=(block.rows[0], *(_signed_row(row, name) for row in block.rows[1:])))
    return replace(block, text=_signed_text(block.text, name))


def _signed_text(text: str, name: str) -> str:
    """What says its own source needs no other."""
    return text if text.endswith(CLOSE) else f"{text}{OPEN}{name}{CLOSE}"


def _signed_row(cells: tuple[str, ...], name: str) -> tuple[str, ...]:
    if any(CLOSE in cell for cell in cells):
        return cells
    last = max((column for column, cell in enumerate(cells) if cell), default=0)
    return (*cells[:last], _signed_text(cells[last], name), *cells[last + 1 :])


def _by_column(table: Block, sources: Sources) -> Block:
    column = next((at for at, cell in enumerate(table.rows[0]) if _COLUMN.match(cell)), None)
    if column is None or len(table.rows[0]) < 2:
        return table
    named = [stated(row[column]) for row in table.rows[1:]]
    said = [found for found, row in zip(named, table.rows[1:], strict=True) if row[column]]
    if sum(map(bool, said)) <= len(said) / 2:
        return table  # of sources of power, or of light
    leave_out = all(said)
    rows = [table.rows[0], *table.rows[1:]]
    if leave_out:
        rows = [(*row[:column], *row[column + 1 :]) for row in rows]
    for at, found in enumerate(named, start=1):
        if found:
            name = f"row {len(sources)}"
            sources[name] = found
            rows[at] = _signed_row(rows[at], name)
    return replace(table, rows=tuple(rows))
