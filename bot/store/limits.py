"""How much one visitor may ask for, judged in the transaction that asks."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from bot.meetings import WAITING, Limits, Meeting, Reason, Refused, Slot, Status
from bot.store import tables
from bot.times import local_day
from bot.zones import zone

COUNTED = timedelta(days=1)  # what is older counts only while it occupies time


def _add(insert: Any) -> Any:
    new = insert(tables.visitors)
    same = {"unreachable": tables.visitors.c.unreachable}
    new = new.on_conflict_do_update(index_elements=[tables.visitors.c.id], set_=same)
    return new.returning(tables.visitors.c.blocked_until, tables.visitors.c.zone)


_ADD = {"sqlite": _add(sqlite.insert), "postgresql": _add(postgresql.insert)}


def lock_visitor(connection: Connection, visitor_id: int, now: datetime) -> str:
    """Make sure that the visitor has a row, and lock it: one visitor's requests are judged one after the other.

    Returns the visitor's time zone. Raises Refused(BLOCKED).
    """
    blocked_until, zone_name = add_visitor(connection, visitor_id)
    if blocked_until is not None and blocked_until > now:
        raise Refused(Reason.BLOCKED)
    return zone_name


def add_visitor(connection: Connection, visitor_id: int) -> tuple[datetime | None, str]:
    """A row for the visitor, where there is none yet, and locked: what is being forgotten is waited for.

    Returns until when the visitor is blocked, and the time zone.
    """
    row = {"id": visitor_id, "zone": "", "unreachable": False}
    found = connection.execute(_ADD[connection.dialect.name], row).one()
    return found.blocked_until, found.zone


def check_limits(
    mine: list[Meeting], slot: Slot, now: datetime, limits: Limits, *, replaces: str | None = None
) -> None:
    """Raise Refused if ``mine``, the visitor's meetings of the last ``COUNTED``, are enough already.

    What the new one ``replaces`` does not make the day fuller, since it makes way.
    """
    if sum(one.status in WAITING for one in mine) >= limits.pending:
        raise Refused(Reason.PENDING)
    day = local_day(slot.starts_at, zone(slot.zone))
    confirmed = (one for one in mine if one.status == Status.CONFIRMED and one.id != replaces)
    if sum(local_day(one.slot.starts_at, zone(slot.zone)) == day for one in confirmed) >= limits.confirmed_a_day:
        raise Refused(Reason.DAY_FULL)
    hour, today = now - timedelta(hours=1), now - COUNTED
    if sum(one.requested_at is not None and one.requested_at > hour for one in mine) >= limits.requests_an_hour:
        raise Refused(Reason.TOO_MANY)
    cancelled = (one for one in mine if one.status == Status.CANCELLED_VISITOR)
    if sum(one.decided_at is not None and one.decided_at > today for one in cancelled) >= limits.cancellations_a_day:
        raise Refused(Reason.TOO_MANY)


def check_holds(mine: list[Meeting], now: datetime, limits: Limits) -> None:
    """Raise Refused if the visitor has kept seats for nothing often enough within ``COUNTED``."""
    left = (one.decided_at for one in mine if one.status == Status.ABANDONED)
    if sum(at is not None and at > now - COUNTED for at in left) >= limits.holds_a_day:
        raise Refused(Reason.TOO_MANY)
