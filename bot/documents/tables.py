"""Tables: tidied, so that a row makes sense with its header alone, and written as Markdown."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.documents.markdown import Block

Row = tuple[str, ...]


def tidy(block: Block) -> Iterator[Block]:
    """A block as it is; a table as what it is made of.

    A sheet often holds several tables with empty rows between, each under a row that has only a caption. And a table of
    one column is a way to draw a frame around text.
    """
    if block.kind != "table":
        yield block
        return
    width = max(map(len, block.rows))
    rows = [(*row, *[""] * (width - len(row))) for row in block.rows]
    begun: list[Row] = []
    for filled, group in groupby(rows, key=any):
        begun += group if filled else ()
        # An empty row may only set off the header: what has fewer than two rows below it is not a table yet.
        if not filled and sum(len(list(filter(None, row))) > 1 for row in begun) > 2:
            yield from _tidied(block, begun)
            begun = []
    yield from _tidied(block, begun)


def _tidied(block: Block, rows: list[Row]) -> Iterator[Block]:
    if not rows:
        return
    used = [column for column in range(len(rows[0])) if any(row[column] for row in rows)]
    rows = [tuple(row[column] for column in used) for row in rows]
    while rows and (len(used) == 1 or (len(rows) > 1 and sum(map(bool, rows[0])) == 1)):
        yield Block("text", next(filter(None, rows.pop(0))), page=block.page)
    if rows:
        yield replace(block, rows=tuple(rows))


def line(cells: Sequence[str]) -> str:
    """A row as a line of Markdown."""
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"


def head(cells: Sequence[str]) -> str:
    """The header row and the line that makes it one."""
    return f"{line(cells)}\n{line(['---'] * len(cells))}"
