"""Tables: tidied, so that a row makes sense with its header alone, and written as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.documents.document import Unreadable
from bot.documents.markdown import Block

MOST_CELLS = 2_000_000  # one row of a thousand columns makes every other row as wide

Row = tuple[str, ...]


def tidy(block: Block) -> Iterator[Block]:
    """A block as it is; a table as what it is made of.

    A sheet often holds several tables with empty rows between, each under a row that has only a caption. And a table of
    one column is a way to draw a frame around text.
    """
    if block.kind != "table":
        yield block
        return
    width = checked_width(block.rows)
    rows = [(*row, *[""] * (width - len(row))) for row in block.rows]
    begun: list[Row] = []
    long = 0  # of them those with more than one cell
    for filled, group in groupby(rows, key=any):
        fresh = list(group) if filled else []
        begun += fresh
        long += sum(len(list(filter(None, row))) > 1 for row in fresh)
        # An empty row may only set off the header: what has fewer than two rows below it is not a table yet.
        if not filled and long > 2:
            yield from _tidied(block, begun)
            begun, long = [], 0
    yield from _tidied(block, begun)


def _tidied(block: Block, rows: list[Row]) -> Iterator[Block]:
    if not rows:
        return
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows)]
    rows = [tuple(row[column] for column in used) for row in rows]
    begin = 0  # of the table proper, below its captions
    while begin < len(rows) and (len(used) == 1 or (len(rows) - begin > 1 and sum(map(bool, rows[begin])) == 1)):
        yield Block("text", next(filter(None, rows[begin])), page=block.page)
        begin += 1
    if begin < len(rows):
        yield replace(block, rows=tuple(rows[begin:]))


def checked_width(rows: Sequence[Sequence[str]]) -> int:
    """The columns of the widest row; Unreadable where all rows, made as wide, would be too much to hold."""
    width = max(map(len, rows), default=0)
    if width * len(rows) > MOST_CELLS:
        raise Unreadable("too-large", f"A table has {len(rows)} rows and up to {width} columns. Split it.")
    return width


def line(cells: Sequence[str]) -> str:
    """A row as a line of Markdown."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def head(cells: Sequence[str]) -> str:
    """The header row and the line that makes it one."""
    return f"{line(cells)}\n{line(['---'] * len(cells))}"
