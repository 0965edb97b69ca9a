"""Older databases are brought up to date with all they hold, newer ones are left alone, and a kill leaves one or the other."""

from __future__ import annotations

import os
import signal
import sys
from datetime import UTC, datetime
from types import FrameType
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, event, inspect, text

from bot.store import NewerDatabase, Store
from bot.store.database import MIGRATIONS, _begin_immediate, _prepare_sqlite, connect
from bot.store.tables import metadata
from tests.databases import Databases
from tests.killed import forked

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")  # they open all anew

THEN = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
FIRST = {"settings", "turns", "feedback", "open_questions", "alembic_version"}


def plain(url: str) -> Engine:
    """An engine as the program makes it, without its migrations."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    return engine


def of_version(url: str, revision: str) -> None:
    """Make the schema of that version, as its program did."""
    engine = plain(url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, revision)
    engine.dispose()


def fill(url: str) -> None:
    """What the first version kept of a conversation."""
    engine = plain(url)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO settings VALUES (102, 'de')"))
        connection.execute(
            text("INSERT INTO turns VALUES ('a1', 102, 'Wann?', 'Im Mai.', 'de', 'g1', :at)"),
            {
                "at": "2026-03-02 12:00:00.000000+00:00"
                if engine.dialect.name != "sqlite"
                else "2026-03-02 12:00:00.000000"
            },
        )
        connection.execute(
            text("INSERT INTO open_questions (question, language, asked_on) VALUES ('Wo?', 'de', '2026-03-02')")
        )
    engine.dispose()


def tables_of(url: str) -> set[str]:
    engine = plain(url)
    with engine.connect() as connection:
        found = set(inspect(connection).get_table_names())
    engine.dispose()
    return found


def check_kept(url: str) -> None:
    """It opens, is up to date, and knows what it knew."""
    store = Store.open(url)
    assert store.language_of(102) == "de"
    (turn,) = store.recent_turns(102, datetime(2026, 1, 1, tzinfo=UTC))
    assert (turn.question, turn.answer, turn.at) == ("Wann?", "Im Mai.", THEN)
    assert [one.question for one in store.open_questions()] == ["Wo?"]
    assert store.rate("a1", 102, True, THEN)
    assert store.agenda.violations() == []
    store.close()


def test_a_database_of_the_first_version_is_brought_up_to_date_and_keeps_its_rows(engine: Databases) -> None:
    url = engine.fresh(migrated=False)
    of_version(url, "0001")
    fill(url)
    assert tables_of(url) == FIRST

    check_kept(url)

    assert tables_of(url) == {*metadata.tables, "alembic_version"}


def test_an_upgraded_database_is_as_a_new_one(engine: Databases) -> None:
    url = engine.fresh(migrated=False)
    of_version(url, "0001")
    made = connect(url)
    with made.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    made.dispose()


def test_opening_twice_changes_nothing(url: str) -> None:
    of_version(url, "head")
    before = tables_of(url)
    Store.open(url).close()

    assert tables_of(url) == before


def test_a_newer_database_is_refused_with_what_to_do_and_left_as_it_is(url: str) -> None:
    before = tables_of(url)
    engine = plain(url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(NewerDatabase, match=r"9999.*later version.*backup"):
        Store.open(url)
    assert tables_of(url) == before
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"
    engine.dispose()


def test_two_programs_that_start_at_once_on_an_empty_database_both_open_it(engine: Databases) -> None:
    url = engine.fresh(migrated=False)
    ready, go = os.pipe()
    children = []
    for _ in range(2):  # processes, as programs are: alembic keeps the migration that runs in a global
        children.append(os.fork())
        if not children[-1]:
            os.close(go)
            os.read(ready, 1)  # until the parent closes its end: then both begin
            try:
                Store.open(url).close()
            finally:
                os._exit(sys.exc_info()[0] is not None)
    os.close(go)
    os.close(ready)

    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    assert tables_of(url) == {*metadata.tables, "alembic_version"}


def steps_of(url: str, until: int = 0) -> int:
    """Open the database, which migrates it; killed before statement number ``until``. How many there were."""
    seen = 0

    def trace(frame: FrameType, happened: str, _: Any) -> Any:
        nonlocal seen
        if happened == "call" and frame.f_code.co_name == "do_execute" and "sqlalchemy" in frame.f_code.co_filename:
            seen += 1
            if seen == until:
                os.kill(os.getpid(), signal.SIGKILL)
        return None

    sys.settrace(trace)
    connect(url).dispose()
    sys.settrace(None)
    return seen


def _check_killed(engine: Databases, every: int) -> None:
    def old() -> str:
        url = engine.fresh(migrated=False)
        of_version(url, "0001")
        fill(url)
        return url

    url = old()
    ended, steps = forked(lambda: steps_of(url))
    assert (ended, steps > 40) == (0, True)
    became = []
    for until in [*range(1, steps, every), steps]:
        url = old()
        ended, _ = forked(lambda url=url, until=until: steps_of(url, until))  # type: ignore[misc]
        assert os.WIFSIGNALED(ended)
        found = tables_of(url)
        assert found in (FIRST, {*metadata.tables, "alembic_version"})  # never a half of it
        became.append(found != FIRST)
        check_kept(url)
    assert became == sorted(became)


def test_killed_at_some_statements_of_a_migration_it_is_the_old_one_and_opens(engine: Databases) -> None:
    _check_killed(engine, 23)


@pytest.mark.slow
def test_killed_before_any_statement_of_a_migration_it_is_the_old_one_and_opens(engine: Databases) -> None:
    _check_killed(engine, 1)
