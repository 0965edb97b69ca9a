"""Presence: which processes live, as others on the same PostgreSQL see it; what a dead one had in hand is free at once.

Each process holds an advisory lock under its name, on a connection of its own. The server lets go of it when the process
ends, however it ends; leases are for what it cannot see, a machine that has lost its network. A connection can also be
cut while its process lives: it takes the lock again at its next look, so that one look that finds no lock means nothing.

(Advisory locks: PostgreSQL, chapter "Explicit Locking". They need the server itself, or a pooler that pools sessions.)
"""

from __future__ import annotations

import secrets
import threading
import time

from sqlalchemy import ColumnElement, Connection, Function, Table, func, select, text, update
from sqlalchemy.exc import SQLAlchemyError

from bot.store import tables
from bot.store.transactions import Database

EVERY = 0.5  # seconds between two looks
ABSENT = 1.2  # seconds without its lock after which a process is dead
# A server that was started just now has forgotten who lives: nobody is dead yet.
_REMEMBERS = text("SELECT now() - pg_postmaster_start_time() > interval '10 seconds'")
_IN_HAND = ((tables.inbox, "working"), (tables.outbox, "sending"))


class Presence:
    """This process among those that work on a database. ``name`` is what its leases are under."""

    def __init__(self, database: Database) -> None:
        self.name = secrets.token_hex(8)
        self._database = database
        self._shared = database.dialect == "postgresql"  # on a file there can be no other process
        self._lock = threading.Lock()
        self._line: Connection | None = None
        self._looked: float | None = None
        self._absent: dict[str, float] = {}  # name -> since when nobody has held its lock

    @property
    def due(self) -> bool:
        """Whether it is time for a look."""
        return self._looked is None or (self._shared and time.monotonic() >= self._looked + EVERY)

    def keep(self) -> None:
        """Where it is time: be seen as living, and free what the dead had in hand. Raises StoreError: then nothing may be claimed."""
        with self._lock:
            if not self.due:
                return
            now = time.monotonic()
            if self._shared:
                self._hold()
                absent = self._database.run(lambda connection: self._bury(connection, now))
                self._absent = {name: self._absent.get(name, now) for name in absent}
            else:
                self._database.run(lambda connection: _free(connection, None, self.name))
            self._looked = now

    def close(self) -> None:
        """Be seen no more."""
        if self._line is not None:
            self._line.close()
            self._line = None

    def _hold(self) -> None:
        """Hold the lock, or see that it is held. Shared with ourselves: a connection that was cut may linger, and hold it."""
        if self._line is not None:
            try:
                self._line.execute(select(1))
            except SQLAlchemyError:
                self.close()
            else:
                return
        with self._database.speaking():
            self._line = self._database.line()
            self._line.execute(select(func.pg_advisory_lock_shared(_key(self.name))))

    def _bury(self, connection: Connection, now: float) -> list[str]:
        """Free what the dead had in hand; returns whose lock is free. One of them who comes back now waits for us."""
        absent = [
            name
            for name in sorted(_others(connection, self.name))
            if connection.scalar(select(func.pg_try_advisory_xact_lock(_key(name))))
        ]
        dead = [name for name in absent if now >= self._absent.get(name, now) + ABSENT]
        if dead and connection.scalar(_REMEMBERS):
            _free(connection, dead, self.name)
        return absent


def _key(name: str) -> Function[int]:
    return func.hashtextextended(name, 0)


def _others(connection: Connection, name: str) -> set[str]:
    """Who has something in hand, but for ourselves."""
    found: set[str] = set()
    for table, state in _IN_HAND:
        leased = (table.c.state == state) & table.c.lease_until.is_not(None) & (table.c.owner != name)
        found |= set(connection.scalars(select(table.c.owner).where(leased).distinct()))
    return found


def _free(connection: Connection, dead: list[str] | None, name: str) -> None:
    """Let go of what ``dead`` had in hand, or everybody but ``name``."""
    for table, state in _IN_HAND:
        theirs = _of(table, dead, name)
        connection.execute(update(table).where(table.c.state == state, theirs).values(lease_until=None))


def _of(table: Table, dead: list[str] | None, name: str) -> ColumnElement[bool]:
    return table.c.owner.is_distinct_from(name) if dead is None else table.c.owner.in_(dead)
