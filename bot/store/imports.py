"""Replacing what can be booked by a new programme, without breaking what visitors were promised.

An import is one transaction. It either leaves the database as the file says, or changes nothing and names each meeting
that is in its way. Bookings wait until it is done, so that nobody books a slot while it goes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, insert, select, text, union, update

from bot.meetings import ACTIVE, Status
from bot.office.programme import Programme
from bot.store import tables
from bot.store.reading import m, s
from bot.store.rows import row_of_member, row_of_slot, row_of_team
from bot.times import span
from bot.zones import zone

Row = dict[str, Any]


@dataclass(frozen=True)
class Count:
    """What became of one kind of rows."""

    added: int = 0
    changed: int = 0
    removed: int = 0  # deleted, or closed where something refers to it
    unchanged: int = 0


@dataclass(frozen=True)
class Changes:
    """What an import did."""

    teams: Count
    members: Count
    slots: Count
    kept_closed: int = 0  # slots that are open in the file, but were closed by hand since

    @property
    def nothing(self) -> bool:
        """Whether all was as the file says already."""
        return not any(
            count.added or count.changed or count.removed for count in (self.teams, self.members, self.slots)
        )


@dataclass(frozen=True)
class Promised:
    """A meeting that is in the way of a change, and why."""

    reference: str
    team: str
    when: str  # at the venue
    status: str
    why: str


class WouldBreak(Exception):
    """Nothing was changed, because visitors count on these meetings."""

    def __init__(self, meetings: Iterable[Promised]) -> None:
        self.meetings = tuple(dict.fromkeys(meetings))
        lines = [f"  {one.reference}  {one.team}  {one.when}  {one.status}: {one.why}" for one in self.meetings]
        super().__init__(
            f"Nothing was changed. It would break {len(lines)} meeting{'s' * (len(lines) != 1)}:\n"
            + "\n".join(lines)
            + "\nMove or cancel them first, or leave their slots and members as they are."
        )


class Promises:
    """The meetings of each slot and member, as far as a change of the programme has to know them."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        query = select(
            m.id, m.slot_id, m.seat, m.status, m.member_id, m.hold_until, s.team_id, s.starts_at, s.ends_at, s.zone
        ).join(tables.slots, s.id == m.slot_id)
        self._now = now
        self.of_slot: dict[int, list[Row]] = defaultdict(list)
        self.of_member: dict[str, list[Row]] = defaultdict(list)
        for row in connection.execute(query.order_by(s.starts_at, m.id)).mappings():
            self.of_slot[row["slot_id"]].append(dict(row))
            if row["member_id"]:
                self.of_member[row["member_id"]].append(dict(row))

    def live(self, slot: Row, why: str, ends_at: datetime | None = None) -> list[Promised]:
        """The meetings of the slot that somebody still counts on. A hold that ran out is none."""
        return [_told(row, why) for row in self.of_slot.get(slot["id"], ()) if self._counts(row, ends_at)]

    def live_of(self, member_id: str, why: str, teams: Iterable[str] = ()) -> list[Promised]:
        """The meetings that the member has with other teams than these."""
        rows = self.of_member.get(member_id, ())
        return [_told(row, why) for row in rows if self._counts(row) and row["team_id"] not in teams]

    def seated(self, slot: Row, seats: int, why: str) -> list[Promised]:
        """The meetings of the slot in seats beyond so many, even where only the database still counts them."""
        rows = self.of_slot.get(slot["id"], ())
        return [_told(row, why) for row in rows if row["status"] in ACTIVE and row["seat"] > seats]

    def _counts(self, row: Row, ends_at: datetime | None = None) -> bool:
        ran_out = row["status"] == Status.HELD and row["hold_until"] and row["hold_until"] <= self._now
        return row["status"] in ACTIVE and not ran_out and max(row["ends_at"], ends_at or self._now) > self._now


def _told(row: Row, why: str) -> Promised:
    when = span(row["starts_at"], row["ends_at"], zone(row["zone"]), "en", year=True)
    return Promised(row["id"], row["team_id"], when, row["status"], why)


@dataclass
class _Plan:
    """What is to become of one kind of rows, by their ids."""

    add: list[Row] = field(default_factory=list)
    change: dict[Any, Row] = field(default_factory=dict)
    leave: list[Row] = field(default_factory=list)  # no longer in the file, but something refers to them
    delete: list[Any] = field(default_factory=list)
    unchanged: int = 0
    kept_closed: int = 0
    wrong: list[Promised] = field(default_factory=list)

    @property
    def count(self) -> Count:
        return Count(len(self.add), len(self.change), len(self.leave) + len(self.delete), self.unchanged)


def alone(connection: Connection) -> None:
    """Nobody else gives, takes or changes a slot before the transaction ends; reading goes on.

    SQLite has one writer anyway. Locking row by row instead would meet bookings half way, and end in deadlocks.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE slots IN EXCLUSIVE MODE"))


def put(connection: Connection, programme: Programme, now: datetime, reopen: bool) -> Changes:
    """Make ``programme`` what can be booked. Raises WouldBreak before anything is changed."""
    alone(connection)
    promises = Promises(connection, now)
    new_slots = [row_of_slot(slot) for slot in programme.slots]
    slots = _plan_slots(_all(connection, tables.slots), new_slots, promises, now, reopen)
    members = _plan_members(_all(connection, tables.members), [*map(row_of_member, programme.members)], promises)
    new_teams = [row_of_team(team, position) for position, team in enumerate(programme.teams)]
    teams = _plan_teams(_all(connection, tables.teams), new_teams)
    if wrong := [*slots.wrong, *members.wrong]:
        raise WouldBreak(wrong)
    _add(connection, tables.teams, teams.add)
    for team_id, row in teams.change.items():
        readdress(connection, row["chat_id"], tables.teams.c.id == team_id)
    change(connection, tables.teams, teams.change)
    _remove(connection, tables.slots, slots.delete)
    change(connection, tables.slots, slots.change)
    change(connection, tables.slots, {row["id"]: {"open": False} for row in slots.leave})
    _add(connection, tables.slots, slots.add)
    _remove(connection, tables.members, members.delete)
    # An account may go from one member to another, and none may have it twice even for a moment.
    change(connection, tables.members, {key: {"telegram_id": None} for key in members.change})
    change(connection, tables.members, {row["id"]: {"telegram_id": None, "teams": []} for row in members.leave})
    change(connection, tables.members, members.change)
    _add(connection, tables.members, members.add)
    _retire(connection, teams.leave)
    return Changes(teams.count, members.count, slots.count, slots.kept_closed)


def _plan_slots(old: list[Row], new: list[Row], promises: Promises, now: datetime, reopen: bool) -> _Plan:
    plan = _Plan()
    known = {(row["team_id"], row["starts_at"], row["place"]): row for row in old}
    for row in new:
        was = known.pop((row["team_id"], row["starts_at"], row["place"]), None)
        if was is None:
            plan.add.append(row)
            continue
        if row["open"] and not was["open"] and not reopen:
            row = row | {"open": False}
            plan.kept_closed += row["ends_at"] > now
        over = max(was["ends_at"], row["ends_at"]) <= now and was["id"] in promises.of_slot  # what was, was
        if over or all(was[column] == value for column, value in row.items()):
            plan.unchanged += 1
            continue
        plan.change[was["id"]] = row
        if any(was[column] != row[column] for column in ("ends_at", "before", "after")):
            plan.wrong += promises.live(was, "its slot would have other times", row["ends_at"])
        elif was["open"] and not row["open"]:
            plan.wrong += promises.live(was, "its slot would be closed")
        if row["capacity"] < was["capacity"]:
            plan.wrong += promises.seated(was, row["capacity"], "its slot would have too few seats")
    for was in known.values():
        plan.wrong += promises.live(was, "its slot would be gone")
        if was["id"] not in promises.of_slot:
            plan.delete.append(was["id"])
        elif was["open"]:
            plan.leave.append(was)
    return plan


def _plan_members(old: list[Row], new: list[Row], promises: Promises) -> _Plan:
    plan = _Plan()
    known = {row["id"]: row for row in old}
    for row in new:
        was = known.pop(row["id"], None)
        if was is None:
            plan.add.append(row)
        elif was == row:
            plan.unchanged += 1
        else:
            plan.change[row["id"]] = row
            plan.wrong += promises.live_of(row["id"], f"{row['name']} goes, but would leave the team", row["teams"])
    for was in known.values():
        if was["id"] not in promises.of_member:
            plan.delete.append(was["id"])
        elif was["teams"]:
            plan.leave.append(was)
            plan.wrong += promises.live_of(was["id"], f"{was['name']} goes, but would be removed")
    return plan


def _plan_teams(old: list[Row], new: list[Row]) -> _Plan:
    plan = _Plan()
    known = {row["id"]: row for row in old}
    for row in new:
        was = known.pop(row["id"], None)
        if was is None:
            plan.add.append(row)
        elif was == row:
            plan.unchanged += 1
        else:
            plan.change[row["id"]] = row
    plan.leave = [was for was in known.values() if was["open"]]
    return plan


def _retire(connection: Connection, teams: list[Row]) -> None:
    """Delete the teams that nothing refers to, and close the others."""
    referring = union(*(select(table.c.team_id) for table in (tables.slots, tables.inquiries, tables.waitlist)))
    needed = set(connection.scalars(referring))
    change(connection, tables.teams, {row["id"]: {"open": False} for row in teams if row["id"] in needed})
    _remove(connection, tables.teams, [row["id"] for row in teams if row["id"] not in needed])


def readdress(connection: Connection, chat_id: int, which: ColumnElement[bool]) -> None:
    """What waits for these teams goes to their new chat: in the old one it would reach nobody, or strangers."""
    ids = select(tables.teams.c.id).where(which, tables.teams.c.chat_id != chat_id)
    subjects = union(
        ids, select(m.id).join(tables.slots, s.id == m.slot_id).where(s.team_id.in_(ids)),
        select(tables.inquiries.c.id).where(tables.inquiries.c.team_id.in_(ids)),
    )  # fmt: skip
    o = tables.outbox.c
    standing = (o.to == "team") & o.state.in_(["waiting", "sending"]) & o.subject_id.in_(subjects)
    connection.execute(update(tables.outbox).where(standing).values(receiver=str(chat_id)))


def _all(connection: Connection, table: Table) -> list[Row]:
    return [dict(row) for row in connection.execute(select(table)).mappings()]


def change(connection: Connection, table: Table, changes: Mapping[Any, Row]) -> None:
    """Change rows by their id, all with the same columns."""
    if changes:
        connection.execute(
            update(table).where(table.c.id == bindparam("key")), [{"key": key} | row for key, row in changes.items()]
        )


def _remove(connection: Connection, table: Table, keys: Iterable[Any]) -> None:
    if rows := [{"key": key} for key in keys]:
        connection.execute(delete(table).where(table.c.id == bindparam("key")), rows)


def _add(connection: Connection, table: Table, rows: list[Row]) -> None:
    if rows:
        connection.execute(insert(table), rows)
