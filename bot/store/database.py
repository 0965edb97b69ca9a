"""Open the database: made where it is missing, brought up to date where it is older, refused where it is newer.

    StoreError
    ├── NewerDatabase      a later version of this program wrote it
    ├── InUse              it is a file, and another process answers visitors from it
    └── DamagedDatabase    the file is not, or no longer, a database

Each text names the remedy; it is for staff, never for visitors.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from filelock import FileLock, Timeout
from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATING = 0x45_58_50_4F  # the number that stands for "somebody migrates", among those who use this database
BUSY_SECONDS = 15  # another process (a backup, `doctor`) may hold the file for a moment


class StoreError(Exception):
    """The database cannot be used; the text says what to do."""


class NewerDatabase(StoreError):
    """The database was written by a later version of this program."""


class InUse(StoreError):
    """The database is a file, and another process answers visitors from it."""


class DamagedDatabase(StoreError):
    """The file is not, or no longer, a database."""


def connect(url: str) -> Engine:
    """An engine for an existing, sound, current database at ``url``. Raises StoreError with the remedy."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        _make_folder(parsed)
    try:
        arguments = {"timeout": BUSY_SECONDS} if is_sqlite(parsed) else {}
        # An error is logged with its statement: what visitors typed must not stand there.
        # A server may have been restarted in between: then the first to ask would be told so.
        engine = create_engine(
            parsed, connect_args=arguments, hide_parameters=True, pool_pre_ping=not is_sqlite(parsed)
        )
    except ModuleNotFoundError as error:
        raise StoreError(
            f"DATABASE_URL needs the Python package {error.name}: install it, or use sqlite:///data/expo-bot.db"
        ) from error
    if is_sqlite(parsed):
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    try:
        with engine.begin() as connection:
            if is_sqlite(parsed):
                _check(connection, str(parsed.database))
            else:
                connection.execute(select(func.pg_advisory_xact_lock(_MIGRATING)))  # two that start at once take turns
            migrate(connection)
    except DatabaseError as error:
        engine.dispose()
        raise told(error, parsed) from error
    except StoreError:
        engine.dispose()
        raise
    return engine


@contextmanager
def only_worker(url: str) -> Iterator[None]:
    """Be the one process that answers visitors from a database that is a file; a server takes any number.

    Commands of staff and backups work beside it. Raises InUse. The lock falls with the process, however that ends.
    """
    parsed = address(url)
    if not is_sqlite(parsed):
        yield
        return
    _make_folder(parsed)
    lock = FileLock(f"{parsed.database}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise InUse(
            f"Another expo-bot runs on {parsed.database} already: stop it first. One file takes one process; "
            "to run several, set DATABASE_URL=postgresql://… for all of them."
        ) from None
    try:
        yield
    finally:
        lock.release()


def migrate(connection: Connection) -> None:
    """Bring the schema up to date, or raise NewerDatabase if it is ahead of this program."""
    config = _config(connection)
    script = ScriptDirectory.from_config(config)
    known = {revision.revision for revision in script.walk_revisions()}
    ahead = set(MigrationContext.configure(connection).get_current_heads()) - known
    if ahead:
        raise NewerDatabase(
            f"The database has the schema {', '.join(sorted(ahead))}, which a later version of this program wrote. "
            "Start that version, or restore the backup made before the update."
        )
    command.upgrade(config, "head")


def newest() -> str:
    """The schema that this program has."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def _config(connection: Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


def told(error: SQLAlchemyError, url: URL) -> StoreError:
    """What went wrong with the database, in words staff can act on. The address is told without its password."""
    place = url.render_as_string(hide_password=True)
    reason = str(getattr(error, "orig", error))
    if "not a database" in reason or "malformed" in reason:
        return DamagedDatabase(
            f"{place} is damaged or is no database ({reason}). Restore it from a backup, "
            "or move the file away: a new, empty one is made at the next start."
        )
    if not is_sqlite(url):
        return StoreError(
            f"The database {place} cannot be used ({reason}). Check that its server runs, and DATABASE_URL."
        )
    return StoreError(
        f"The database {place} cannot be used ({reason}). Check that its folder exists, may be written to by the "
        "user who runs the bot, and has room; or set DATABASE_URL to another place."
    )


def address(url: str) -> URL:
    """What DATABASE_URL says, in parts. Raises StoreError."""
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise StoreError(
            "DATABASE_URL is not an address of a database. Use for example sqlite:///data/expo-bot.db"
        ) from error
    return parsed


def is_sqlite(url: URL) -> bool:
    """Whether the database is a file."""
    return url.get_backend_name() == "sqlite"


def _make_folder(url: URL) -> None:
    if not url.database:
        raise StoreError("DATABASE_URL names no file. Use for example sqlite:///data/expo-bot.db")
    folder = Path(url.database).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"The folder {folder} for the database cannot be made ({error.strerror}). "
            "Make it writable for the user who runs the bot, or set DATABASE_URL to another place."
        ) from error


def _check(connection: Connection, place: str) -> None:
    """A page damaged in the middle would otherwise show only when a visitor's question happens to need it."""
    verdict = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if verdict != "ok":
        raise DamagedDatabase(
            f"The database {place} is damaged ({verdict}). Restore it from a backup, "
            "or move the file away: a new, empty one is made at the next start."
        )


def _prepare_sqlite(connection: sqlite3.Connection, _record: ConnectionPoolEntry) -> None:
    # The driver must not begin transactions on its own: it would begin them as readers, and two of them that both
    # want to write then fail at once instead of waiting for each other.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")
