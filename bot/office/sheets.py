"""Workbooks and TOML files -> plain tables, as TOML has them.

They come from staff, by mail and from many hands: sizes are bounded before a file is opened.
"""

from __future__ import annotations

import tomllib
import warnings
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

MOST_BYTES = 5 * 2**20
MOST_UNPACKED = 64 * 2**20
MOST_PARTS = 1_000
MOST_ROWS = 25_000
MOST_COLUMNS = 100
ROW = "#"  # the key under which a row says where in its sheet it stood

_TABLES = {"teams": "team", "members": "member"}  # as the sheets are called -> as TOML calls them


class SheetError(Exception):
    """The file cannot be read; the text says what to do."""


def read(path: Path) -> Mapping[str, Any]:
    """The tables in a ``.toml`` or ``.xlsx`` file, as TOML has them. Raises SheetError."""
    try:
        size = path.stat().st_size
        if path.suffix.lower() not in (".toml", ".xlsx"):
            raise SheetError(f"{path.name}: only .toml and .xlsx are read. In a spreadsheet program, save it as .xlsx.")
        if size > MOST_BYTES:
            raise SheetError(f"{path.name} is larger than {MOST_BYTES // 2**20} MB. Remove pictures and old sheets.")
        return _read_toml(path) if path.suffix.lower() == ".toml" else _read_xlsx(path)
    except OSError as error:
        raise SheetError(f"{path} cannot be read: {error.strerror or error}") from error


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise SheetError(f"{path.name} is not TOML in UTF-8: {error}") from error


def _read_xlsx(path: Path) -> dict[str, Any]:
    import openpyxl

    content = path.read_bytes()
    _check_zip(path.name, content)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of styles and validations that do not matter here
        try:
            with (  # from memory: a workbook that fails while it is opened would keep the file open
                closing(
                    openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
                ) as values,
                closing(
                    openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
                ) as formulas,
            ):
                return _tables(values, formulas)
        except SheetError:
            raise
        except Exception as error:  # whatever a broken or hostile workbook makes the parser do
            raise SheetError(
                f"{path.name} cannot be read as a workbook ({type(error).__name__}). "
                "Open it in a spreadsheet program and save it as .xlsx again."
            ) from error


def _check_zip(name: str, content: bytes) -> None:
    """A small file can unpack to gigabytes, and XML can define entities that grow: both are told before parsing."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as packed:
            parts = packed.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise SheetError(f"{name} unpacks to more than {MOST_UNPACKED // 2**20} MB: it is not read.")
            for part in parts:
                if b"<!DOCTYPE" in packed.read(part).replace(b"\x00", b"").upper():
                    raise SheetError(f"{name} defines a document type, which no workbook does: it is not read.")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, zlib.error) as error:
        raise SheetError(f"{name} is no .xlsx workbook, is damaged or has a password ({error}).") from error


def _tables(values: Any, formulas: Any) -> dict[str, Any]:
    data: dict[str, Any] = {}
    for sheet in values.sheetnames:
        rows = list(_rows(sheet.strip(), values[sheet], formulas[sheet]))
        name = _TABLES.get(sheet.strip().lower(), sheet.strip().lower())
        if name in data:
            raise SheetError(f"There are two sheets {sheet}. Leave one of them.")
        if name != "fair" and rows:
            data[name] = rows
        elif len(rows) > 1:
            raise SheetError("The sheet fair has more than one row under its headers.")
        elif rows:
            data[name] = {key: value for key, value in rows[0].items() if key != ROW}
    return data


def _rows(sheet: str, values: Any, formulas: Any) -> Iterator[dict[str, Any]]:
    headers: list[str] = []
    for one in (values, formulas):
        one.reset_dimensions()  # what a file says of its size may be wrong, or a lie
    for n, (cells, originals) in enumerate(zip(values.iter_rows(), formulas.iter_rows(), strict=True), 1):
        row = [_value(f"{sheet}, row {n}", *pair) for pair in zip(cells, originals, strict=True)]
        while row and (row[-1] is None or row[-1] == ""):
            row.pop()
        if not any(value is not None and str(value).strip() for value in row):
            continue
        if n > MOST_ROWS or len(row) > MOST_COLUMNS:
            raise SheetError(f"{sheet}, row {n}: a sheet has at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns.")
        if not headers:
            headers = [str(value if value is not None else "").strip().lower() for value in row]
            named = [header for header in headers if header]
            if len(set(named)) != len(named):
                raise SheetError(f"{sheet}, row {n}: two columns have the same header.")
            continue
        yield _nested(sheet, n, headers, row)


def _value(where: str, cell: Any, original: Any) -> Any:
    if original.value is not None and original.data_type == "f" and cell.value is None:
        raise SheetError(
            f"{where}, column {original.column_letter}: the formula has no value yet. Open the file in a spreadsheet "
            "program and save it, or write the value."
        )
    if cell.value is not None and cell.data_type == "e":
        raise SheetError(f"{where}, column {cell.column_letter}: {cell.value} is an error. Correct the formula.")
    return cell.value


def _nested(sheet: str, n: int, headers: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    """The row by its headers; ``name.ko`` and ``name.en`` make one name."""
    found: dict[str, Any] = {ROW: n}
    for column, value in enumerate(row):
        if value is None or value == "":
            continue
        header = headers[column] if column < len(headers) else ""
        if not header:
            raise SheetError(f"{sheet}, row {n}: a cell in column {column + 1} has no header above it.")
        name, dot, part = header.partition(".")
        if not dot:
            inner: dict[str, Any] = found
        elif isinstance(found.setdefault(name, {}), dict):
            inner = found[name]
        else:
            raise SheetError(f"{sheet}, row {n}: there is both a column {name} and a column {header}.")
        key = part if dot else name
        if key in inner:
            raise SheetError(f"{sheet}, row {n}: there is both a column {name} and one with a language behind a dot.")
        inner[key] = value
    return found
