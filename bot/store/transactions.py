"""Database: one transaction at a time, done wholly or not at all, and again where two of them stood in each other's way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DatabaseError, IntegrityError, OperationalError

from bot.store.database import connect, told

T = TypeVar("T")

TRIES = 4
# PostgreSQL ends one of two transactions that wait for each other; it may simply be done again. SQLite has one writer
# at a time, and whoever comes second waits.
_AGAIN = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available


class Database:
    """An open database. Synchronous and safe from any thread."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self.dialect = engine.dialect.name

    @classmethod
    def open(cls, url: str) -> Database:
        """The database at ``url``, made or migrated where needed. Raises StoreError with the remedy."""
        return cls(connect(url))

    def close(self) -> None:
        """Give the connections back; it cannot be used afterwards."""
        self._engine.dispose()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction. It may be called again, so it must do nothing but talk to the connection.

        An exception of the domain undoes everything and passes through; so does an IntegrityError, which is a guard
        of the database speaking. Everything else that the database says becomes a StoreError with the remedy.
        """
        for left in reversed(range(TRIES)):
            try:
                with self._engine.begin() as connection:
                    return work(connection)
            except IntegrityError:
                raise
            except DatabaseError as error:
                if left and isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") in _AGAIN:
                    continue
                raise told(error, self._engine.url) from error
        raise AssertionError("the last try returns or raises")

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction around the ``with``, for what cannot be in anybody's way."""
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise told(error, self._engine.url) from error


def adding(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what to do if the row is there already: each engine has its own."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
