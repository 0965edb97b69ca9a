"""Tables in Markdown, lined up so that a terminal shows them as well as a page does."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def show(header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table; columns whose cells begin with a digit or a sign are aligned to the right."""
    widths = [max(map(_width, column)) for column in zip(header, *rows, strict=True)]
    right = [all(cell[:1].isdigit() or cell[:1] in "+-−.–" for cell in column) for column in zip(*rows, strict=True)]
    rule = ["-" * (width - 1) + ":" if figures else "-" * width for width, figures in zip(widths, right, strict=True)]
    for cells in (header, rule, *rows):
        padded = (
            " " * (width - _width(cell)) + cell if figures else cell + " " * (width - _width(cell))
            for cell, width, figures in zip(cells, widths, right, strict=True)
        )
        print("| " + " | ".join(padded) + " |", flush=True)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)
