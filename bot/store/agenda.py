"""Agenda: what is free, what is booked, what became of it; and the sweep that lets time have its effect."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, func, select

from bot.meetings import Actor, Event, Meeting, Refused, Slot, Status, buckets
from bot.store import tables
from bot.store.busy import claims, taken_elsewhere
from bot.store.changes import Rules, expire_holds, move, offer_free
from bot.store.decisions import AFTERWARDS
from bot.store.reading import find, is_active, m, s, several, t
from bot.store.rows import slot_of
from bot.store.transactions import Database
from bot.times import bounds, local_day
from bot.zones import zone


@dataclass(frozen=True)
class Free:
    """A slot with at least one free seat."""

    slot: Slot
    seats: int


@dataclass(frozen=True)
class Entry:
    """A line of a meeting's history."""

    at: datetime
    actor: str  # "visitor", "clock", or a member's id
    was: str
    became: str
    reason: str


class Agenda:
    """Reading the meetings of an open database, and the passing of time."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def meeting(self, meeting_id: str) -> Meeting:
        """The meeting. Raises Refused(UNKNOWN)."""
        return self._database.run(lambda connection: find(connection, meeting_id))

    def free(self, team_id: str, now: datetime, day: date | None = None, limit: int | None = None) -> list[Free]:
        """What a visitor may choose now, earliest first: open, with a seat, within notice and horizon."""
        taken = (
            select(m.slot_id, func.count().label("n"))
            .where(is_active, (m.status != Status.HELD) | (m.hold_until > now))
            .group_by(m.slot_id)
            .subquery()
        )
        seats = s.capacity - func.coalesce(taken.c.n, 0)
        query = (
            select(*s, seats.label("seats"), t.notice, t.horizon)
            .join(tables.teams, t.id == s.team_id)
            .outerjoin(taken, taken.c.slot_id == s.id)
            .where(s.team_id == team_id, s.open, t.open, s.starts_at > now, seats > 0)
            .order_by(s.starts_at, s.place)
        )
        found = []
        with self._database.begin() as connection:
            for row in connection.execute(query).mappings():
                ahead = row["starts_at"] - now
                if timedelta(minutes=row["notice"]) <= ahead <= timedelta(days=row["horizon"]):
                    free = Free(slot_of(row), row["seats"])
                    if day is None or local_day(free.slot.starts_at, zone(free.slot.zone)) == day:
                        found.append(free)
            elsewhere = taken_elsewhere(connection, [free.slot for free in found])
        return [free for free in found if free.slot.id not in elsewhere][:limit]

    def of_visitor(self, visitor_id: int, since: datetime) -> list[Meeting]:
        """The visitor's meetings: all that occupy time, and those that ended after ``since``."""
        with self._database.begin() as connection:
            mine = m.visitor_id == visitor_id
            return several(connection, mine, is_active | (m.decided_at > since) & (m.requested_at.is_not(None)))

    def on_day(self, day: date, venue: str, team_ids: list[str], member_id: str | None = None) -> list[Meeting]:
        """What a day of the venue holds for these teams: requested, countered, confirmed, and what became of it."""
        start, end = bounds(day, zone(venue))
        shown = [Status.REQUESTED, Status.COUNTERED, Status.CONFIRMED, Status.COMPLETED, Status.NO_SHOW]
        conditions = [s.starts_at >= start, s.starts_at < end, s.team_id.in_(team_ids), m.status.in_(shown)]
        if member_id is not None:
            conditions.append(m.member_id == member_id)
        with self._database.begin() as connection:
            return several(connection, *conditions)

    def waiting(self, team_ids: list[str]) -> int:
        """How many requests of these teams wait for staff."""
        query = select(func.count()).select_from(tables.meetings).join(tables.slots, s.id == m.slot_id)
        with self._database.begin() as connection:
            return connection.scalar(query.where(m.status == Status.REQUESTED, s.team_id.in_(team_ids))) or 0

    def requests(self, team_ids: list[str]) -> list[Meeting]:
        """The requests of these teams that wait for staff, the most urgent first."""
        with self._database.begin() as connection:
            waiting = m.status == Status.REQUESTED
            return several(connection, waiting, s.team_id.in_(team_ids), order=(m.answer_by, m.id))

    def no_shows(self, visitor_id: int) -> int:
        """How often the visitor did not come."""
        query = select(func.count()).where(m.visitor_id == visitor_id, m.status == Status.NO_SHOW)
        with self._database.begin() as connection:
            return connection.scalar(query) or 0

    def history(self, meeting_id: str) -> list[Entry]:
        """What happened to the meeting, oldest first."""
        a = tables.audit.c
        query = select(a.at, a.actor, a.was, a.became, a.reason).where(a.subject_id == meeting_id).order_by(a.id)
        with self._database.begin() as connection:
            return [Entry(**row) for row in connection.execute(query).mappings()]

    def every(self) -> list[Meeting]:
        """All meetings that were ever asked for, by their time."""
        with self._database.begin() as connection:
            return several(connection, m.requested_at.is_not(None))

    def sweep(self, now: datetime) -> int:
        """Let time have its effect: holds and requests run out, meetings are over, free seats are offered.

        Returns how many meetings it changed.
        """
        changed = self._database.run(lambda connection: expire_holds(connection, now, self._rules))
        waiting = m.status.in_([Status.REQUESTED, Status.COUNTERED])
        for condition, event in (
            (waiting & (m.answer_by <= now), Event.EXPIRE),
            ((m.status == Status.CONFIRMED) & (s.starts_at < now - AFTERWARDS), Event.COMPLETE),
        ):
            with self._database.begin() as connection:
                due = several(connection, condition)
            changed += sum(self._move(meeting, event, now) for meeting in due)
        self._database.run(lambda connection: offer_free(connection, now, self._rules))
        return changed

    def _move(self, meeting: Meeting, event: Event, now: datetime) -> bool:
        try:
            self._database.run(
                lambda connection: move(connection, meeting, event, Actor.CLOCK, "clock", now, self._rules)
            )
        except Refused:  # somebody acted on it at this very moment: then time has no say
            return False
        return True

    def violations(self) -> list[str]:
        """What should never be the case: seats and times promised twice, time kept for nobody. Empty when all is well."""
        with self._database.begin() as connection:
            return _violations(connection)


def _violations(connection: Connection) -> list[str]:
    active = several(connection, is_active)
    found = []
    seats = Counter((one.slot.id, one.seat) for one in active)
    found += [f"seat {seat} of slot {slot} is given {n} times" for (slot, seat), n in seats.items() if n > 1]
    instead = Counter(one.replaces_id for one in active if one.replaces_id)
    found += [f"meeting {old} makes way for {n} others" for old, n in instead.items() if n > 1]
    confirmed = Counter(
        (one.visitor_id, bucket)
        for one in active
        if one.status == Status.CONFIRMED
        for bucket in buckets(one.slot.starts_at, one.slot.ends_at)
    )
    found += [f"visitor {who} is promised twice at {bucket}" for (who, bucket), n in confirmed.items() if n > 1]
    found += [
        f"meeting {one.id} has seat {one.seat} of {one.slot.capacity}"
        for one in active
        if not 1 <= one.seat <= one.slot.capacity
    ]
    wanted: dict[tuple[str, str, int], set[str]] = {}
    for one in active:
        for kind, rid, holder, span in claims(one):
            for bucket in span:
                wanted.setdefault((kind, rid, bucket), set()).add(holder)
    found += [f"{kind} {rid} is busy twice at {bucket}" for (kind, rid, bucket), who in wanted.items() if len(who) > 1]
    o = tables.occupancy.c
    kept = {
        (row.kind, row.rid, row.bucket): row.holder
        for row in connection.execute(select(o.kind, o.rid, o.bucket, o.holder))
    }
    found += [f"{key} is kept for nobody" for key in kept.keys() - wanted.keys()]
    found += [f"{key} is not kept" for key in wanted.keys() - kept.keys()]
    found += [
        f"{key} is kept for another" for key, holder in kept.items() if key in wanted and holder not in wanted[key]
    ]
    return found
