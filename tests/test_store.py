"""What survives, what is refused, and what is forgotten: on both engines, except where a file is damaged."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import QueuePool, create_engine, text

from bot.store import DamagedDatabase, OpenQuestion, Store, StoreError, Turn
from bot.store.database import connect
from bot.store.tables import metadata
from bot.store.transactions import Database

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ANNA, JOHN = 102, 103


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    opened = Store.open(url)
    yield opened
    opened.close()


@pytest.fixture
def file(tmp_path: Path) -> str:
    """The address of a file of SQLite that is not there yet, in a folder that is not there yet."""
    return f"sqlite:///{tmp_path}/data/bot.db"


def turn(answer_id: str, chat_id: int = ANNA, at: datetime = NOW) -> Turn:
    return Turn(answer_id, chat_id, f"question {answer_id}", f"answer {answer_id}", "de", "g1", at)


def test_the_choice_of_a_language_survives_a_restart(store: Store, url: str) -> None:
    store.choose_language(ANNA, "de")
    store.choose_language(ANNA, "ko")
    store.close()

    again = Store.open(url)

    assert (again.language_of(ANNA), again.language_of(JOHN)) == ("ko", None)
    again.choose_language(ANNA, None)
    assert again.language_of(ANNA) is None
    again.close()


def test_the_last_turns_of_a_chat_come_oldest_first(store: Store) -> None:
    for n in range(5):
        store.remember_turn(turn(f"a{n}", at=NOW + timedelta(minutes=n)))
    store.remember_turn(turn("b", JOHN))

    assert [one.id for one in store.recent_turns(ANNA, NOW - timedelta(hours=6))] == ["a2", "a3", "a4"]
    assert store.recent_turns(ANNA, NOW + timedelta(minutes=3)) == [turn("a4", at=NOW + timedelta(minutes=4))]


def test_old_turns_of_everybody_are_dropped(store: Store) -> None:
    store.remember_turn(turn("old", at=NOW - timedelta(hours=7)))
    store.remember_turn(turn("older", JOHN, NOW - timedelta(days=7)))
    store.remember_turn(turn("new"))

    assert store.drop_turns(NOW - timedelta(hours=6)) == 2
    assert [one.id for one in store.recent_turns(ANNA, NOW - timedelta(days=30))] == ["new"]


def test_a_rating_brings_its_question_and_can_be_changed(store: Store) -> None:
    store.remember_turn(turn("a1"))

    assert store.rate("a1", ANNA, True, NOW)
    store.drop_turns(NOW)
    assert store.rate("a1", ANNA, False, NOW + timedelta(minutes=1))

    (rated,) = store.feedback()
    assert (rated.answer_id, rated.helpful, rated.question, rated.answer) == ("a1", False, "question a1", "answer a1")
    assert (rated.language, rated.generation, rated.at) == ("de", "g1", NOW + timedelta(minutes=1))


def test_an_answer_of_another_chat_or_of_yesterday_cannot_be_rated(store: Store) -> None:
    store.remember_turn(turn("a1"))

    assert not store.rate("a1", JOHN, True, NOW)
    assert not store.rate("gone", ANNA, True, NOW)
    assert store.feedback() == []


def test_an_open_question_says_nothing_about_who_asked(store: Store) -> None:
    store.remember_turn(turn("a1"))
    store.remember_turn(turn("a2"), answered=False)

    assert store.open_questions() == [OpenQuestion("question a2", "de", date(2026, 3, 2))]


def test_forgetting_removes_everything_of_one_chat_only(store: Store) -> None:
    for chat in (ANNA, JOHN):
        store.choose_language(chat, "de")
        store.remember_turn(turn(f"a{chat}", chat))
        store.rate(f"a{chat}", chat, True, NOW)

    store.forget(ANNA, NOW)

    long_ago = NOW - timedelta(days=1)
    assert (store.language_of(ANNA), store.recent_turns(ANNA, long_ago)) == (None, [])
    assert [one.chat_id for one in store.feedback()] == [JOHN]
    assert (store.language_of(JOHN), len(store.recent_turns(JOHN, long_ago))) == ("de", 1)


def test_moments_come_back_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    seoul = timezone(timedelta(hours=9))
    store.remember_turn(turn("a1", at=NOW.astimezone(seoul)))

    assert store.recent_turns(ANNA, NOW - timedelta(hours=1))[0].at.tzinfo is UTC
    with pytest.raises(Exception, match="without a zone"):
        store.remember_turn(turn("a2", at=NOW.replace(tzinfo=None)))


def test_many_threads_write_at_once_and_none_is_refused(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: store.remember_turn(turn(f"a{n}", chat_id=n)), range(100)))

    assert store.drop_turns(NOW) == 100


def test_the_store_of_a_name_that_is_not_there_yet_is_made(file: str) -> None:
    Store.open(file).close()

    assert Path(file.removeprefix("sqlite:///")).exists()


def test_the_migrations_make_the_tables_the_code_expects(url: str) -> None:
    engine = connect(url)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), metadata)
    engine.dispose()

    assert differences == []


def test_sqlite_is_told_to_keep_what_it_was_given(file: str) -> None:
    engine = connect(file)
    with engine.connect() as connection:
        asked = ("journal_mode", "synchronous", "foreign_keys")
        told = {pragma: connection.exec_driver_sql(f"PRAGMA {pragma}").scalar() for pragma in asked}
    engine.dispose()

    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_file_that_is_no_database_is_named_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_text("Dear database," * 500)

    with pytest.raises(DamagedDatabase, match=r"bot\.db.*backup"):
        Store.open(f"sqlite:///{path}")


def test_a_page_damaged_in_the_middle_is_found_at_the_start(file: str, tmp_path: Path) -> None:
    store = Store.open(file)
    for n in range(500):
        store.remember_turn(turn(f"a{n}"))
    store.close()
    path = tmp_path / "data/bot.db"
    content = bytearray(path.read_bytes())
    middle = len(content) // 8192 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    path.write_bytes(content)

    with pytest.raises(DamagedDatabase, match="backup"):
        Store.open(file)


@pytest.mark.parametrize("url", ["nonsense", "sqlite://", "mongodb://x/y", ""])
def test_an_address_that_is_none_is_told_what_one_looks_like(url: str) -> None:
    with pytest.raises(StoreError, match=r"sqlite:///data/expo-bot\.db"):
        Store.open(url)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file, not a folder")

    with pytest.raises(StoreError, match=r"data.*DATABASE_URL"):
        Store.open(f"sqlite:///{tmp_path}/data/deeper/bot.db")


def test_a_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "bot.db").mkdir()

    with pytest.raises(StoreError, match="cannot be used"):
        Store.open(f"sqlite:///{tmp_path}/bot.db")


def test_a_password_in_the_address_is_not_told() -> None:
    with pytest.raises(StoreError, match="Check that its server runs") as caught:
        Store.open("postgresql://bot:hunter2@/db?host=/nowhere")

    assert "hunter2" not in str(caught.value)


def test_a_driver_that_is_not_installed_is_named() -> None:
    with pytest.raises(StoreError, match="pg8000") as caught:
        Store.open("postgresql+pg8000://bot:hunter2@nowhere.invalid/db")

    assert "hunter2" not in str(caught.value)


def test_a_database_that_keeps_everybody_waiting_is_told_as_one_that_cannot_be_used(url: str) -> None:
    engine = connect(url)
    narrow = create_engine(engine.url, poolclass=QueuePool, pool_size=1, max_overflow=0, pool_timeout=0.01)
    database = Database(narrow)
    with narrow.connect(), pytest.raises(StoreError, match="cannot be used"):
        database.run(lambda connection: connection.scalar(text("SELECT 1")))
    assert database.run(lambda connection: connection.scalar(text("SELECT 1"))) == 1
    database.close()
    engine.dispose()


def test_an_error_of_the_database_does_not_repeat_what_was_typed(store: Store) -> None:
    said = "Anna " + "Müller"
    with store._database.begin() as connection:
        connection.exec_driver_sql("DROP TABLE turns")

    with pytest.raises(StoreError) as caught:
        store.remember_turn(Turn("a1", ANNA, said, said, "de", "g1", NOW))

    assert said not in "".join(traceback.format_exception(caught.value))
