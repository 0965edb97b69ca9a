"""Tables -> XLSX, CSV and TOML files that run nothing when they are opened.

They hold what visitors typed: a cell that looks like a formula is kept from being one.
"""

from __future__ import annotations

import csv
import json
import os
import re
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

Value = str | int | float | bool | date | time | None

_LONGEST_CELL = 32_000
_UNSEEN = r"[\s\x00-\x20\xa0\xad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202f\u205f-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0]*"
_BEGINS_FORMULA = re.compile(rf"(^|[;\t\n])(?={_UNSEEN}[=+\-@＝＋－＠﹢﹣﹦﹫−])")
_NEWLINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_FORMATS = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm"}
_SHEETS = {"team": "teams", "member": "members"}  # as TOML calls tables -> as sheets are called


class ExportError(Exception):
    """The file cannot be written; the text says what to do."""


@dataclass(frozen=True)
class Table:
    """Rows of plain values under headers. A datetime with a zone is written in UTC, as its header should say."""

    name: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Value]]


def write(path: Path, tables: Sequence[Table]) -> None:
    """The tables as a new ``.xlsx`` or, a single one, ``.csv``. Raises ExportError."""
    suffix = path.suffix.lower()
    if suffix not in (".xlsx", ".csv") or (suffix == ".csv" and len(tables) != 1):
        raise ExportError(f"{path.name}: choose a name that ends in .xlsx{'' if len(tables) != 1 else ' or .csv'}")
    with _replacing(path) as fresh:
        if suffix == ".csv":
            _write_csv(fresh, tables[0])
        else:
            _write_xlsx(fresh, tables)


def save(path: Path, data: Mapping[str, Any]) -> None:
    """The inverse of ``sheets.read``: tables as TOML has them into a new ``.toml`` or ``.xlsx``. Raises ExportError."""
    if path.suffix.lower() == ".toml":
        with _replacing(path) as fresh:
            fresh.write_text("\n".join(_toml(data)), "utf-8")
    elif path.suffix.lower() == ".xlsx":
        write(path, [_flat(name, [rows] if isinstance(rows, Mapping) else rows) for name, rows in data.items()])
    else:
        raise ExportError(f"{path.name}: choose a name that ends in .xlsx or .toml")


def safe(text: str) -> str:
    """The text, made harmless where a spreadsheet would take it, or what follows a separator in it, for a formula."""
    text = _printable(text)
    return _BEGINS_FORMULA.sub(r"\1'", "'" + text if text[:1] in ("\t", "\n") else text)


def _printable(text: str) -> str:
    return _CONTROL.sub("", _NEWLINES.sub("\n", text))


@contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """A file beside ``path`` that takes its place once it is whole. Only its owner may read it: it names people."""
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=path.suffix)
        os.close(handle)
        fresh = Path(name)
        try:
            yield fresh
            fresh.replace(path)
        finally:
            fresh.unlink(missing_ok=True)
    except OSError as error:
        raise ExportError(f"{path} cannot be written: {error.strerror or error}") from error


def _write_csv(path: Path, table: Table) -> None:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_MINIMAL)
        writer.writerows(
            [safe(value) if isinstance(value, str) else _plain(value) for value in row] for row in _all(table)
        )


def _write_xlsx(path: Path, tables: Sequence[Table]) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        bold, quoted = book.add_format({"bold": True}), book.add_format({"quote_prefix": True})
        formats = {kind: book.add_format({"num_format": text}) for kind, text in _FORMATS.items()}
        for table in tables:
            sheet = book.add_worksheet(table.name)
            widths = [0] * len(table.headers)
            for n, row in enumerate(_all(table)):
                for column, value in enumerate(row):
                    value = _plain_time(value)
                    if isinstance(value, str):
                        text = _printable(value)[:_LONGEST_CELL]
                        risky = safe(text) != text  # stays a text even after somebody edits the cell
                        sheet.write_string(n, column, text, bold if n == 0 else quoted if risky else None)
                    elif isinstance(value, (date, time)):
                        sheet.write_datetime(n, column, value, formats[type(value)])
                    elif value is not None:
                        sheet.write(n, column, value)
                    widths[column] = max(widths[column], _width(_plain(value)))
            for column, width in enumerate(widths):
                sheet.set_column(column, column, min(max(width, 4), 60) + 2)
            sheet.freeze_panes(1, 0)


def _all(table: Table) -> Iterator[Sequence[Value]]:
    yield table.headers
    yield from table.rows


def _plain_time(value: Value) -> Value:
    if isinstance(value, datetime):
        value = value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
        return value.replace(second=0, microsecond=0)
    return value


def _plain(value: Value) -> str:
    value = _plain_time(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return f"{value:%H:%M}" if isinstance(value, time) else "" if value is None else str(value)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text.split("\n")[0])


def _flat(name: str, rows: Sequence[Mapping[str, Any]]) -> Table:
    flat = [dict(_columns(row)) for row in rows]
    headers = tuple(dict.fromkeys(header for row in flat for header in row))
    return Table(_SHEETS.get(name, name), headers, [[row.get(header) for header in headers] for row in flat])


def _columns(row: Mapping[str, Any]) -> Iterator[tuple[str, Value]]:
    for key, value in row.items():
        if isinstance(value, Mapping):
            yield from ((f"{key}.{part}", inner) for part, inner in value.items())
        else:
            yield key, ", ".join(value) if isinstance(value, list) else value


def _toml(data: Mapping[str, Any]) -> Iterator[str]:
    for table, rows in data.items():
        for row in [rows] if isinstance(rows, Mapping) else rows:
            yield f"[{table}]" if isinstance(rows, Mapping) else f"[[{table}]]"
            for key, value in row.items():
                yield f"{key} = {_toml_value(value)}"
            yield ""


def _toml_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_toml_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, (date, time)):
        return value.isoformat()
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
