"""A meeting with its slot and its visitor's zone, read in one query; and the plain questions about meetings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, bindparam, literal_column, select
from sqlalchemy.engine import RowMapping

from bot.meetings import Meeting, Reason, Refused, Slot, Status, Team
from bot.store import tables
from bot.store.rows import slot_of, team_of

m, s, t, v = tables.meetings.c, tables.slots.c, tables.teams.c, tables.visitors.c

_OWN = [column for column in m if column.name != "slot_id"]
_SLOT = [column.label(f"slot_{column.name}") for column in s]
WHOLE: Select[Any] = (
    select(*_OWN, *_SLOT, v.zone.label("visitor_zone"))
    .join(tables.slots, s.id == m.slot_id)
    .outerjoin(tables.visitors, v.id == m.visitor_id)
)


def status_in(*statuses: Status) -> ColumnElement[bool]:
    """Whether a meeting is in one of these states. Written out: a parameter would keep SQLite from partial indexes."""
    return m.status.in_([literal_column(f"'{status.value}'") for status in statuses])


# In the order of the indexes: they are used for the very same condition only.
is_active = status_in(Status.HELD, Status.REQUESTED, Status.COUNTERED, Status.CONFIRMED)
is_waiting = status_in(Status.REQUESTED, Status.COUNTERED)
is_held = m.status == literal_column("'held'")

# Built once: building a query takes longer than asking it.
_ORDER = (s.starts_at, m.created_at, m.id)
_ONE = WHOLE.where(m.id == bindparam("one"))
_ONE_LOCKED = _ONE.with_for_update(of=tables.meetings)
_NEIGHBOURS = WHOLE.where(
    (m.slot_id == bindparam("slot")) | (m.root_id == bindparam("root")), is_active, m.id != bindparam("besides")
).order_by(*_ORDER)
_recent = is_active | (m.requested_at > bindparam("since")) | (m.decided_at > bindparam("since"))
_ran_out = is_held & (m.hold_until <= bindparam("now"))
_RUN_OUT = WHOLE.where(_ran_out).order_by(*_ORDER)
_LATELY = WHOLE.where((m.visitor_id == bindparam("visitor")) & _recent | _ran_out).order_by(*_ORDER)
_SLOT_WITH_TEAM = (
    select(*_SLOT, *(column.label(f"team_{column.name}") for column in t))
    .join(tables.teams, t.id == s.team_id)
    .where(s.id == bindparam("slot"))
    .with_for_update(of=tables.slots)
)
_TEAM = select(tables.teams).where(t.id == bindparam("team"))
_SEATS = select(m.seat).where(m.slot_id == bindparam("slot"), is_active)
_NAMES = [column.name for column in _OWN]
_SLOT_NAMES = [column.name for column in _SLOT]


def meeting_of(row: RowMapping) -> Meeting:
    """The meeting in a row of ``WHOLE``."""
    values = {name: row[name] for name in _NAMES}
    values["status"] = Status(values["status"])
    slot = slot_of({name[5:]: row[name] for name in _SLOT_NAMES})
    return Meeting(slot=slot, zone=row["visitor_zone"] or "", **values)


def find(connection: Connection, meeting_id: str, *, lock: bool = False) -> Meeting:
    """The meeting. Raises Refused(UNKNOWN). With ``lock`` nobody else changes it before the transaction ends."""
    row = connection.execute(_ONE_LOCKED if lock else _ONE, {"one": meeting_id}).mappings().first()
    if row is None:
        raise Refused(Reason.UNKNOWN)
    return meeting_of(row)


def several(connection: Connection, *conditions: Any, order: Any = None) -> list[Meeting]:
    """The meetings that fit, by their time unless ``order`` says otherwise."""
    return _asked(connection, WHOLE.where(*conditions).order_by(*(order or _ORDER)), {})


def lately(
    connection: Connection, visitor_id: int, since: datetime, now: datetime
) -> tuple[list[Meeting], list[Meeting]]:
    """The visitor's meetings: all that occupy time, and those asked for or ended after ``since``.

    In the same query, which is asked most, the holds of anybody that ran out.
    """
    found = _asked(connection, _LATELY, {"visitor": visitor_id, "since": since, "now": now})
    ran_out = [one for one in found if one.status == Status.HELD and one.hold_until and one.hold_until <= now]
    return [one for one in found if one.visitor_id == visitor_id], ran_out


def run_out(connection: Connection, now: datetime) -> list[Meeting]:
    """The held meetings whose time to be described and sent is over."""
    return _asked(connection, _RUN_OUT, {"now": now})


def _asked(connection: Connection, query: Select[Any], values: dict[str, Any]) -> list[Meeting]:
    return [meeting_of(row) for row in connection.execute(query, values).mappings()]


def slot_with_team(connection: Connection, slot_id: int) -> tuple[Slot, Team, bool]:
    """The slot, its team, and whether both are open. The slot is locked: its seats are given one by one.

    Raises Refused(UNKNOWN).
    """
    row = connection.execute(_SLOT_WITH_TEAM, {"slot": slot_id}).mappings().first()
    if row is None:
        raise Refused(Reason.UNKNOWN)
    slot = slot_of({name.removeprefix("slot_"): value for name, value in row.items() if name.startswith("slot_")})
    team = team_of({name.removeprefix("team_"): value for name, value in row.items() if name.startswith("team_")})
    return slot, team, slot.open and row["team_open"]


def team_for(connection: Connection, team_id: str) -> Team:
    """The team. Raises Refused(UNKNOWN)."""
    row = connection.execute(_TEAM, {"team": team_id}).mappings().first()
    if row is None:
        raise Refused(Reason.UNKNOWN)
    return team_of(row)


def free_seat(connection: Connection, slot: Slot) -> int:
    """The lowest free seat. Raises Refused(TAKEN). The slot must be locked."""
    taken = set(connection.scalars(_SEATS, {"slot": slot.id}))
    for seat in range(1, slot.capacity + 1):
        if seat not in taken:
            return seat
    raise Refused(Reason.TAKEN)


def neighbours(connection: Connection, meeting: Meeting) -> list[Meeting]:
    """The other active meetings whose claims may be the same as this one's: of its slot, of its chain."""
    same = {"slot": meeting.slot.id, "root": meeting.root_id, "besides": meeting.id}
    return _asked(connection, _NEIGHBOURS, same)


def check_open(slot: Slot, is_open: bool, now: datetime) -> None:
    """Staff may offer what visitors may no longer choose, but nothing closed and nothing past."""
    if not is_open:
        raise Refused(Reason.CLOSED)
    if slot.starts_at <= now:
        raise Refused(Reason.TOO_SOON)
