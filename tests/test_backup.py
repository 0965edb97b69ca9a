"""Backup and restore: everything, while the bot runs, into either kind of database; all of it or nothing."""

from __future__ import annotations

import hashlib
import itertools
import json
import stat
import tarfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import JSON, BigInteger, Boolean, Integer, String, Text, select

from bot import backup, settings
from bot.__main__ import main
from bot.backup import BackupError
from bot.meetings import Details, Refused
from bot.store import Store, Turn, tables
from bot.store.archive import READ, snapshot
from bot.store.database import only_worker
from tests.databases import ANNA, ENGINES, JOHN, KURT, MINA, NOW, OTTO, Databases, Office
from tests.desk import Desk

TOKEN = "1234567:" + "x" * 35


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Callable[[str], Databases]:
    """Where databases of an engine come from."""
    return lambda engine: request.getfixturevalue("files" if engine == "sqlite" else "cluster")


@pytest.fixture
def stocked(desk: Desk) -> Desk:
    """A folder of documents, and its index."""
    desk.put("about.toml", 'contact = { en = "desk@fair.example" }\n')
    desk.put("deep/er/a.txt", "The battery hall is open.")
    desk.ingest()
    return desk


def busy_day(office: Office) -> None:
    """Something in most tables: meetings moved and cancelled, letters, a waiting list, conversations."""
    first = office.confirmed(ANNA, 0)
    office.confirm(office.request(ANNA, 4, replaces=first.id))
    office.propose(office.request(JOHN, 1), 3)
    office.cancel(office.confirmed(MINA, 0, "city", KURT, "kurt"), KURT)
    office.requests.wait("tuen", NOW.date() + timedelta(days=2), OTTO, "en", NOW)
    store = office.store
    store.choose_language(ANNA, "de")
    store.remember_turn(Turn("a1", ANNA, "언제? 🙂", "Im Mai.\nMorgens.", "de", "g1", NOW))
    store.rate("a1", ANNA, True, NOW)
    store.remember_turn(Turn("a2", ANNA, "Wo?", "Das weiß ich nicht.", "de", "g1", NOW), answered=False)


def everything(url: str) -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    store = Store.open(url)
    with closing(store), store._database.begin() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()]
            for table in tables.metadata.sorted_tables
        }


def back_up(url: str, desk: Desk, name: str = "backup.tar.gz") -> Path:
    file = desk.folder / name
    backup.write(file, url, desk.knowledge, desk.index, {"RETENTION_DAYS": "30"}, NOW)
    return file


def restore(file: Path, url: str, desk: Desk, *, overwrite: bool = False) -> backup.Contents:
    return backup.restore(file, url, desk.knowledge, desk.index, overwrite=overwrite)


def elsewhere(desk: Desk) -> Desk:
    """Another machine, with nothing on it."""
    return Desk(desk.folder / "elsewhere", desk.embedder, desk.minutes)


@pytest.mark.parametrize(("source", "target"), list(itertools.product(ENGINES, ENGINES)))
def test_everything_is_there_again_in_either_database(
    source: str, target: str, made: Callable[[str], Databases], stocked: Desk
) -> None:
    url = made(source).fresh()
    with closing(Office(url)) as office:
        busy_day(office)
    there = elsewhere(stocked)
    new = made(target).fresh("other", migrated=False)

    held = restore(back_up(url, stocked), new, there)

    rows = everything(url)
    assert everything(new) == rows
    assert held.rows == {name: len(found) for name, found in rows.items()}
    assert sum(bool(found) for found in rows.values()) >= 12
    assert (there.knowledge / "deep/er/a.txt").read_text("utf-8") == "The battery hall is open."
    assert there.texts() == ["The battery hall is open."]
    assert [line.status for line in there.ingest().lines] == ["unchanged"]


@pytest.mark.parametrize("target", ENGINES)
def test_after_the_move_work_goes_on(target: str, made: Callable[[str], Databases], desk: Desk) -> None:
    url = made("sqlite").fresh()
    with closing(Office(url)) as office:
        busy_day(office)
    new = made(target).fresh("other")
    restore(back_up(url, desk), new, elsewhere(desk))

    with closing(Office(new, furnish=False)) as office:
        before = office.letters()
        with closing(Store.open(new)) as store:
            held = store.requests.hold(office.slot("desk", 2), OTTO, "en", NOW)
            store.requests.describe(held.id, OTTO, Details(name="Otto", topic="cells"))
            store.requests.send(held.id, OTTO, NOW)
        assert office.agenda.violations() == []
        assert len(office.letters()) > len(before)


def booking(office: Office, stop: threading.Event) -> None:
    """Visitors and staff who do not stop while a backup is made."""
    for turn in itertools.count():
        if stop.is_set():
            return
        visitor = (ANNA, JOHN, MINA, OTTO)[turn % 4]
        with suppress(Refused):
            meeting = office.confirmed(visitor, turn % 6)
            office.cancel(meeting)


def test_a_backup_made_while_people_book_is_of_one_moment(
    engine: Databases, office: Office, url: str, desk: Desk
) -> None:
    stop = threading.Event()
    with ThreadPoolExecutor(2) as pool:
        writers = [pool.submit(booking, office, stop) for _ in range(2)]
        try:
            files = [back_up(url, desk, f"{number}.tar.gz") for number in range(4)]
        finally:
            stop.set()
        for writer in writers:
            writer.result()

    counts = []
    for number, file in enumerate(files):
        new = engine.fresh("other")
        restore(file, new, Desk(desk.folder / str(number)))
        rows = everything(new)
        counts.append(len(rows["audit"]))
        with closing(Store.open(new)) as store:
            assert store.agenda.violations() == []
        told = {(row["subject_id"], row["kind"]) for row in rows["outbox"]}
        confirmed = {row["id"] for row in rows["meetings"] if row["status"] == "confirmed"}
        assert all((meeting, "confirmed") in told for meeting in confirmed)
        assert {row["subject_id"] for row in rows["audit"]} <= {row["id"] for row in rows["meetings"]}
    assert counts == sorted(counts)
    assert counts[-1] > counts[0]  # they did book meanwhile


def test_a_writer_is_not_held_up_by_a_backup(url: str, office: Office) -> None:
    with snapshot(url) as found:
        name, lines = next(found)
        office.request(ANNA, 0)
        assert office.agenda.of_visitor(ANNA, NOW)
        held = {name: list(lines), **{other: list(rows) for other, rows in found}}
    assert held["meetings"] == []


def test_only_the_owner_may_read_it_and_no_secret_is_in_it(
    made: Callable[[str], Databases], stocked: Desk, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in {
        "TELEGRAM_TOKEN": TOKEN,
        "DATABASE_URL": made("sqlite").fresh(),
        "SMTP_URL": "smtp://somebody:pa55word@mail.example:587",
        "CHAT_BASE_URL": "http://user:pa55word@model.example/v1",
        "RETENTION_DAYS": "30",
        "KNOWLEDGE": str(stocked.knowledge),
    }.items():
        monkeypatch.setenv(name, value)
    file = stocked.folder / "b.tar.gz"

    assert main(["backup", str(file), "--index", str(stocked.index)]) == 0

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with tarfile.open(file) as tar:
        kept = b"".join(member.read() for one in tar if (member := tar.extractfile(one)))
        told = json.loads(tar.extractfile("backup.json").read())["settings"]  # type: ignore[union-attr]
    assert TOKEN.encode() not in kept
    assert b"pa55word" not in kept
    assert told["TELEGRAM_TOKEN"] == told["SMTP_URL"] == told["DATABASE_URL"] == "(secret)"
    assert told["RETENTION_DAYS"] == "30"
    assert told["CHAT_BASE_URL"] == "http://(secret)@model.example/v1"
    assert "What visitors said is in it" in capsys.readouterr().out
    assert main(["restore", str(file), "--index", str(stocked.index)]) == 0
    assert "    RETENTION_DAYS=30\n" in capsys.readouterr().out


def test_a_database_with_something_in_it_is_overwritten_only_when_told(office: Office, url: str, stocked: Desk) -> None:
    office.request(ANNA, 0)
    file = back_up(url, stocked)
    before = everything(url)
    office.request(JOHN, 1)
    after = everything(url)

    with pytest.raises(BackupError, match=r"not empty.*--overwrite"):
        restore(file, url, stocked)
    assert everything(url) == after
    restore(file, url, stocked, overwrite=True)

    assert everything(url) == before


def test_other_knowledge_is_overwritten_only_when_told(files: Databases, stocked: Desk) -> None:
    file = back_up(files.fresh(), stocked)
    stocked.put("deep/er/a.txt", "The hall is closed.")
    stocked.put("b.txt", "News.")
    stocked.ingest()

    with pytest.raises(BackupError, match=r"other files than the backup \(b.txt, deep/er/a.txt\)"):
        restore(file, files.fresh("other"), stocked)
    assert sorted(stocked.texts()) == ["News.", "The hall is closed."]
    restore(file, files.fresh("other"), stocked, overwrite=True)

    assert stocked.texts() == ["The battery hall is open."]
    assert not (stocked.knowledge / "b.txt").exists()
    assert [path.name for path in stocked.knowledge.iterdir() if path.name.startswith(".")] == []


def test_while_a_bot_runs_on_the_file_nothing_is_restored(files: Databases, stocked: Desk) -> None:
    url = files.fresh()
    file = back_up(url, stocked)
    with only_worker(url), pytest.raises(BackupError, match="stop it first"):
        restore(file, url, stocked, overwrite=True)


def repacked(file: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """The archive with other files in it; None leaves one out."""
    new = file.with_name("repacked.tar.gz")
    with tarfile.open(file) as tar, tarfile.open(new, "w:gz") as out:
        for member in tar:
            content = change(member.name, tar.extractfile(member).read())  # type: ignore[union-attr]
            if content is not None:
                member.size = len(content)
                out.addfile(member, BytesIO(content))
    return new


def cut(file: Path) -> Path:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    return file


def flipped(file: Path) -> Path:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    return file


def foreign(file: Path) -> Path:
    file.write_bytes(b"PK\x03\x04 something else")
    return file


def without_its_list(file: Path) -> Path:
    return repacked(file, lambda name, content: None if name == "backup.json" else content)


def with_another_row(file: Path) -> Path:
    return repacked(file, lambda name, content: content * 2 if name == "database/teams.jsonl" else content)


def without_a_document(file: Path) -> Path:
    return repacked(file, lambda name, content: None if name == "knowledge/deep/er/a.txt" else content)


def of_another_schema(file: Path) -> Path:
    def change(name: str, content: bytes) -> bytes:
        told = json.loads(content) if name == "backup.json" else {}
        return json.dumps({**told, "schema": "9999_later"}).encode() if told else content

    return repacked(file, change)


def that_leads_out_of_the_index(file: Path) -> Path:
    def change(name: str, content: bytes) -> bytes:
        told = json.loads(content) if name == "backup.json" else {}
        return json.dumps({**told, "generation": "../elsewhere"}).encode() if told else content

    return repacked(file, change)


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (cut, "is damaged, or no backup"),
        (flipped, "is damaged"),
        (foreign, "is damaged, or no backup"),
        (without_its_list, "is damaged, or no backup"),
        (with_another_row, "not everything in it is as it was written"),
        (without_a_document, "not everything in it is as it was written"),
        (that_leads_out_of_the_index, "not everything in it is as it was written"),
        (of_another_schema, "another version of this program .schema 9999_later"),
        (lambda file: file / "nowhere", "There is no file"),
    ],
)
def test_a_damaged_archive_is_refused_and_nothing_is_changed(
    damage: Callable[[Path], Path], told: str, files: Databases, stocked: Desk
) -> None:
    with closing(Office(files.fresh())) as office:
        busy_day(office)
        file = damage(back_up(office.url, stocked))
    there, new = elsewhere(stocked), files.fresh("other")
    before = everything(new)

    with pytest.raises(BackupError, match=told):
        restore(file, new, there)

    assert everything(new) == before
    assert not there.knowledge.exists()
    assert not there.index.exists()


def with_a_row_that_does_not_fit(file: Path) -> Path:
    """As if made by a program that keeps something else: its digests are right."""
    digests: dict[str, str] = {}

    def change(name: str, content: bytes) -> bytes:
        if name == "database/turns.jsonl":
            content = content.replace(b'"chat_id"', b'"chat"')
            digests[name] = hashlib.sha256(content).hexdigest()
        if name == "backup.json":
            told = json.loads(content)
            return json.dumps({**told, "files": told["files"] | digests}).encode()
        return content

    return repacked(file, change)


def test_what_does_not_fit_leaves_database_knowledge_and_index_as_they_were(
    engine: Databases, url: str, office: Office, stocked: Desk
) -> None:
    busy_day(office)
    file = with_a_row_that_does_not_fit(back_up(url, stocked))
    stocked.put("b.txt", "News.")
    stocked.ingest()
    rows, index = everything(url), stocked.texts()

    with pytest.raises(BackupError, match="does not fit into the database.*Nothing was changed"):
        restore(file, url, stocked, overwrite=True)

    assert everything(url) == rows
    assert stocked.texts() == index
    assert (stocked.knowledge / "b.txt").is_file()


def test_a_folder_that_cannot_take_the_documents_leaves_the_database_as_it_was(files: Databases, stocked: Desk) -> None:
    with closing(Office(files.fresh())) as office:
        busy_day(office)
        file = back_up(office.url, stocked)
    there, new = elsewhere(stocked), files.fresh("other")
    there.folder.mkdir()
    there.knowledge.write_text("not a folder", "utf-8")

    with pytest.raises(BackupError, match="cannot be restored"):
        restore(file, new, there)

    assert not any(everything(new).values())


@pytest.mark.parametrize("kind", ["nothing there", "file exists", "no such folder"])
def test_what_cannot_be_backed_up_is_told_and_leaves_no_file(kind: str, files: Databases, desk: Desk) -> None:
    url = f"sqlite:///{desk.folder}/none.db" if kind == "nothing there" else files.fresh()
    file = desk.folder / ("no/b.tar.gz" if kind == "no such folder" else "b.tar.gz")
    if kind == "file exists":
        file.write_text("precious", "utf-8")

    with pytest.raises(BackupError, match="There is no database|exists already|cannot be backed up"):
        backup.write(file, url, desk.knowledge, desk.index, {}, NOW)

    assert [path.name for path in desk.folder.iterdir()] == (["b.tar.gz"] if kind == "file exists" else [])


def test_a_backup_of_another_schema_is_not_made(files: Databases, desk: Desk) -> None:
    with pytest.raises(BackupError, match="Back it up with the version that runs on it"):
        back_up(empty(files), desk)


def empty(files: Databases) -> str:
    """A database without any table, as one of another program is."""
    url = files.fresh("other", migrated=False)
    Path(url.removeprefix("sqlite:///")).touch()
    return url


def test_every_kind_of_column_has_its_way_into_the_archive() -> None:
    kinds = {type(column.type) for table in tables.metadata.sorted_tables for column in table.columns}

    assert kinds <= {*READ, Boolean, Integer, BigInteger, String, Text, JSON}


def test_what_is_told_of_the_settings_are_those_that_differ() -> None:
    given = settings.read(_env_file=None, retention_days=30, telegram_token=TOKEN)

    assert settings.told(given) == {"TELEGRAM_TOKEN": "(secret)", "RETENTION_DAYS": "30"}


def test_an_address_that_is_none_is_told(desk: Desk) -> None:
    with pytest.raises(BackupError, match="not an address of a database"):
        back_up("nonsense", desk)
