"""Database: one transaction at a time, done wholly or not at all, and again where two of them stood in each other's way."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as NoneFree

from bot.store.database import connect, only_worker, told

logger = logging.getLogger(__name__)
T = TypeVar("T")

TRIES = 4
# PostgreSQL ends one of two transactions that wait for each other; it may simply be done again. SQLite has one writer
# at a time, and whoever comes second waits.
_AGAIN = ("40001", "40P01", "55P03")  # serialization failure, deadlock, lock not available


class Database:
    """An open database. Synchronous and safe from any thread."""

    def __init__(self, engine: Engine, held: ExitStack | None = None) -> None:
        self._engine = engine
        self._held = held or ExitStack()  # what is given back with it
        # SQLite lets who finds the file taken sleep, longer each time, and the last to come may be the first served.
        # Within a process a lock does better; between processes, which are few and short, it is left at that.
        self._turn: AbstractContextManager[object] = (
            threading.Lock() if engine.dialect.name == "sqlite" else nullcontext()
        )
        self.dialect = engine.dialect.name

    @classmethod
    def open(cls, url: str, *, working: bool = False) -> Database:
        """The database at ``url``, made or migrated where needed. Raises StoreError with the remedy.

        ``working``: be the only one who works on it, where it is a file.
        """
        with ExitStack() as held:
            if working:
                held.enter_context(only_worker(url))
            return cls(connect(url), held.pop_all())

    def close(self) -> None:
        """Give the connections back; it cannot be used afterwards."""
        self._engine.dispose()
        self._held.close()

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do ``work`` in one transaction. It may be called again, so it must do nothing but talk to the connection.

        An exception of the domain undoes everything and passes through; so does an IntegrityError, which is a guard
        of the database speaking. Everything else that the database says becomes a StoreError with the remedy.
        """
        for left in reversed(range(TRIES)):
            try:
                with self._turn, self._engine.begin() as connection:
                    return work(connection)
            except IntegrityError:
                raise
            except (DBAPIError, NoneFree) as error:
                if left and isinstance(error, OperationalError) and getattr(error.orig, "sqlstate", "") in _AGAIN:
                    continue
                raise told(error, self._engine.url) from error
        raise AssertionError("the last try returns or raises")

    def line(self) -> Connection:
        """A connection beside the pool, for as long as its user likes; each statement is a transaction."""
        connection = self._engine.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    @contextmanager
    def speaking(self) -> Iterator[None]:
        """What the database says within it becomes a StoreError with the remedy."""
        try:
            yield
        except (DBAPIError, NoneFree) as error:
            raise told(error, self._engine.url) from error

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """One transaction around the ``with``, for what cannot be in anybody's way."""
        with self.speaking(), self._turn, self._engine.begin() as connection:
            yield connection


def spared(connection: Connection, work: Callable[[], T], told: str) -> T | None:
    """Do what the rest of the transaction must not fail for. None where it failed: then it is undone, and logged."""
    try:
        with connection.begin_nested():
            return work()
    except Exception:
        logger.exception(told)
        return None


def adding(connection: Connection, table: Table) -> Any:
    """An INSERT that can say what to do if the row is there already: each engine has its own."""
    return (postgresql if connection.dialect.name == "postgresql" else sqlite).insert(table)
