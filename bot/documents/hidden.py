"""What Office files hide from those who open them: runs of text, rows and columns, slides.

Read from the XML by pattern, not by parser: it is looked at before anything is trusted, its parts are megabytes, and
Office writes it in one way. What another program writes in another way stays visible.
"""

from __future__ import annotations

import re

_ON = rb'(?:\s*/>|\s+w:val="(?:1|true|on)"\s*/>)'
_RUN = re.compile(
    rb"<w:r(?: [^>]*)?>\s*<w:rPr>(?P<look>(?:(?!</w:rPr>|<w:r[ >]).)*)</w:rPr>(?:(?!<w:r[ >]|</w:r>).)*</w:r>",
    re.DOTALL,
)
_UNSEEN = re.compile(rb"<w:(?:vanish|specVanish)" + _ON + rb'|<w:sz w:val="[1-4]"\s*/>')  # half points: up to 2 pt
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*)>")
_COLUMN = re.compile(rb"<(?:\w+:)?col\b([^>]*)>")
_ATTRIBUTE = re.compile(rb'(\w+)="([^"]*)"')
_SLIDE = re.compile(rb"<p:sld\b[^>]*\bshow=\"(?:0|false)\"")
_TRUE = (b"1", b"true")
_MOST_COLUMNS = 16_384  # Excel's own limit; a range may claim more


def seen_runs(part: bytes) -> bytes:
    """A Word part without the runs that are hidden or too small to read."""
    if b"<w:vanish" not in part and b"<w:specVanish" not in part and b'<w:sz w:val="' not in part:
        return part
    return _RUN.sub(lambda run: b"" if _UNSEEN.search(run["look"]) else run[0], part)


def rows(sheet: bytes) -> frozenset[int]:
    """The numbers of a sheet's hidden rows, from 1."""
    found = (dict(_ATTRIBUTE.findall(row)) for row in _ROW.findall(sheet) if b"hidden" in row)
    return frozenset(int(row[b"r"]) for row in found if row.get(b"hidden") in _TRUE and row.get(b"r", b"").isdigit())


def columns(sheet: bytes) -> frozenset[int]:
    """The numbers of a sheet's hidden columns, from 1."""
    found: set[int] = set()
    for column in map(dict, map(_ATTRIBUTE.findall, _COLUMN.findall(sheet))):
        first, last = column.get(b"min", b""), column.get(b"max", b"")
        if column.get(b"hidden") in _TRUE and first.isdigit() and last.isdigit():
            found.update(range(int(first), min(int(last), _MOST_COLUMNS) + 1))
    return frozenset(found)


def slide(part: bytes) -> bool:
    """Whether a slide is left out when the presentation is shown."""
    return bool(_SLIDE.search(part[:10_000]))
