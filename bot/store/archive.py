"""All rows of a database, out and in, as lines of text that mean the same to both engines.

So a backup of SQLite can be restored into PostgreSQL: that is how one moves from one machine to many.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Date, Engine, Table, create_engine, delete, event, exists, func, insert, select, text
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.pool import NullPool

from bot.store.database import StoreError, address, connect, is_sqlite, newest, only_worker, told
from bot.store.tables import Moment, metadata

__all__ = ["NotEmpty", "NotRestored", "newest", "restore", "snapshot"]

ROWS = 500  # in one statement
READ: dict[type, Callable[[str], Any]] = {Moment: datetime.fromisoformat, Date: date.fromisoformat}

Rows = Iterator[tuple[str, Iterator[str]]]


class NotEmpty(StoreError):
    """The database that a backup shall go into holds something already."""


class NotRestored(StoreError):
    """The rows do not fit into the tables; nothing was changed."""


@contextmanager
def snapshot(url: str) -> Iterator[Rows]:
    """Name and rows of every table, a line of JSON a row, all as of one moment; writers are not held up.

    The database is left as it is: not made, not migrated. Raises StoreError.
    """
    engine = _reader(url)
    try:
        with engine.connect() as connection, connection.begin():
            found = MigrationContext.configure(connection).get_current_revision()
            if found != newest():
                raise StoreError(
                    f"The database has the schema {found}, this version of the program has {newest()}. Back it up "
                    "with the version that runs on it."
                )
            yield ((table.name, _lines(connection, table)) for table in metadata.sorted_tables)
    except DatabaseError as error:
        raise told(error, engine.url) from error
    finally:
        engine.dispose()


def restore(url: str, lines: Callable[[str], Iterable[str]], then: Callable[[], None], *, overwrite: bool) -> None:
    """Put ``lines`` of each table, by its name, into the database, and do ``then``: all of it, or nothing.

    Raises NotEmpty unless ``overwrite``, InUse where a bot runs on the file, and NotRestored.
    """
    with only_worker(url):
        engine = connect(url)
        try:
            with engine.begin() as connection:
                _empty(connection, overwrite=overwrite)
                for table in metadata.sorted_tables:
                    _fill(connection, table, _parents_first(table, (_row(table, line) for line in lines(table.name))))
                then()
        except (StatementError, ValueError, TypeError, KeyError) as error:
            reason = str(error.orig if isinstance(error, StatementError) else error)
            raise NotRestored(f"The backup does not fit into the database ({reason}). Nothing was changed.") from error
        finally:
            engine.dispose()


def _reader(url: str) -> Engine:
    """An engine that only reads, and sees the database as it was at its first look."""
    parsed = address(url)
    if not is_sqlite(parsed):
        return create_engine(
            parsed,
            poolclass=NullPool,
            hide_parameters=True,
            isolation_level="REPEATABLE READ",
            execution_options={"postgresql_readonly": True},
        )
    if not parsed.database or not Path(parsed.database).is_file():
        raise StoreError(f"There is no database {parsed.database}. Is DATABASE_URL the one that the bot has?")
    engine = create_engine(parsed, poolclass=NullPool, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def only_read(connection: sqlite3.Connection, _: object) -> None:
        connection.isolation_level = None
        connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN")  # not IMMEDIATE: a reader is in nobody's way

    return engine


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    rows = connection.execution_options(yield_per=ROWS).execute(select(table).order_by(*table.primary_key))
    for row in rows.mappings():
        yield json.dumps(dict(row), default=lambda value: value.isoformat())


def _row(table: Table, line: str) -> dict[str, Any]:
    """The row in a line, with every column of the table and no other. Raises ValueError, TypeError or KeyError."""
    values = json.loads(line)
    if values.keys() != set(table.columns.keys()):
        raise ValueError(f"other columns than those of {table.name}")
    for column in table.columns:
        read = READ.get(type(column.type))
        if read and values[column.name] is not None:
            values[column.name] = read(values[column.name])
    return dict(values)


def _empty(connection: Connection, *, overwrite: bool) -> None:
    """Raise NotEmpty, or take away what is there; nobody else changes anything until the restore is done."""
    names = ", ".join(f'"{table.name}"' for table in metadata.sorted_tables)
    on_server = connection.dialect.name == "postgresql"
    if on_server:
        connection.execute(text(f"LOCK TABLE {names} IN ACCESS EXCLUSIVE MODE"))
    if not any(connection.scalar(select(exists().select_from(table))) for table in metadata.sorted_tables):
        return
    if not overwrite:
        raise NotEmpty(
            "The database is not empty. Restore into an empty one, or with --overwrite: then everything in it goes, "
            "for what the backup holds."
        )
    if on_server:
        connection.execute(text(f"TRUNCATE {names}"))
        return
    # The audit is only added to: a trigger forbids anything else. SQLite knows no other way than to do without it.
    found = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")).all()
    for name, _ in found:
        connection.execute(text(f'DROP TRIGGER "{name}"'))
    for table in reversed(metadata.sorted_tables):
        connection.execute(delete(table))
    for _, made in found:
        connection.exec_driver_sql(made)


def _fill(connection: Connection, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    rest, number, highest = iter(rows), table.autoincrement_column, 0
    while batch := list(islice(rest, ROWS)):
        connection.execute(insert(table), batch)
        highest = max(highest, *(row[number.name] for row in batch)) if number is not None else 0
    if connection.dialect.name == "postgresql" and number is not None and highest:
        # Its own counter does not see what is inserted with a number.
        counter = func.pg_get_serial_sequence(f'"{table.name}"', number.name)
        connection.execute(select(func.setval(counter, highest)))


def _parents_first(table: Table, rows: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """The rows, those that others of the same table refer to before these."""
    links = [(key.parent.name, key.column.name) for key in table.foreign_keys if key.column.table is table]
    if not links:
        yield from rows
        return
    [(child, parent)] = links
    waiting, there = list(rows), set[Any]()
    while waiting:
        ready = [row for row in waiting if row[child] is None or row[child] in there]
        if not ready:
            raise ValueError(f"rows of {table.name} refer to some that are missing")
        yield from ready
        there.update(row[parent] for row in ready)
        waiting = [row for row in waiting if row[parent] not in there]
