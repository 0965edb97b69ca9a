"""The steps that every change of a meeting is made of. Each runs inside the caller's transaction.

A change is a compare-and-swap on status and version: who comes second gets Refused(CHANGED) with how things stand.
What is allowed says the table in ``bot.meetings``; that no seat and nobody's time is promised twice hold the indexes,
keys and triggers of the database, whatever this code does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.exc import IntegrityError

from bot import failpoints
from bot.meetings import ACTIVE, Actor, Event, Limits, Meeting, Reason, Refused, Slot, Status, next_status
from bot.store import tables
from bot.store.busy import claims, occupy, vacate
from bot.store.ledger import record
from bot.store.reading import find, free_seat, m, neighbours, run_out, slot_with_team, team_for
from bot.store.rows import slot_of
from bot.store.transactions import Database
from bot.store.waitlist import claim, next_waiting, settle, tell, waited_for
from bot.times import local_day
from bot.zones import zone

T = TypeVar("T")

# Built once: building a statement takes longer than executing it.
_NEW = insert(tables.meetings)
_ZONE = select(tables.visitors.c.zone).where(tables.visitors.c.id == bindparam("visitor"))
_SWAP = update(tables.meetings).where(
    m.id == bindparam("same_id"), m.status == bindparam("same_status"), m.version == bindparam("same_version")
)


@dataclass(frozen=True)
class Rules:
    """What a change needs besides the database: how much a visitor may ask for, and names for new meetings."""

    limits: Limits
    new_id: Callable[[], str]


def guarded(database: Database, work: Callable[[Connection], T]) -> T:
    """Run ``work``; if the database's own guards stop it, that is a seat that somebody else has."""

    def killable(connection: Connection) -> T:
        done = work(connection)
        failpoints.passed("mid_booking")
        return done

    try:
        done = database.run(killable)
    except IntegrityError as error:
        raise Refused(Reason.TAKEN) from error
    failpoints.passed("after_booking_commit")
    return done


def own(connection: Connection, meeting_id: str, visitor_id: int, *, lock: bool = False) -> Meeting:
    """The visitor's own meeting. Raises Refused(NOT_YOURS), which says nothing about whose it is."""
    meeting = find(connection, meeting_id, lock=lock)
    if meeting.visitor_id != visitor_id:
        raise Refused(Reason.NOT_YOURS)
    return meeting


def swap(connection: Connection, meeting: Meeting, **changes: Any) -> Meeting:
    """Change the row if it is still as ``meeting`` says. Raises Refused(CHANGED) with how things stand."""
    version = meeting.version + 1
    seen = {"same_id": meeting.id, "same_status": meeting.status, "same_version": meeting.version}
    done = connection.execute(_SWAP, {**seen, "version": version, **changes})
    if done.rowcount != 1:
        raise Refused(Reason.CHANGED, find(connection, meeting.id))
    changes.pop("slot_id", None)
    return replace(meeting, version=version, **changes)


def move(
    connection: Connection,
    meeting: Meeting,
    event: Event,
    actor: Actor,
    by: str,
    now: datetime,
    rules: Rules,
    **changes: Any,
) -> Meeting:
    """Let ``event`` happen: the row, the time it occupied, the audit, the outbox, the next in the waiting list.

    ``by`` is who, for the audit. Raises Refused(CHANGED) where the table has no such edge, or not any more.
    """
    status = next_status(meeting.status, event, actor)
    if status is None:
        raise Refused(Reason.CHANGED, meeting)
    if status not in ACTIVE:
        changes["decided_at"] = now
        if actor != Actor.STAFF:
            changes["decided_by"] = actor.value
    moved = swap(connection, meeting, status=status, **changes)
    if not moved.active:
        free_time(connection, meeting)
    elif added := set(claims(moved)) - set(claims(meeting)):
        lock(connection, moved.slot)
        occupy(connection, added)
    if meeting.status != Status.HELD or moved.active:  # a hold given back concerns nobody
        record(connection, moved, team_for(connection, moved.slot.team_id), meeting.status, by, now)
    if not moved.active:
        settle(connection, meeting.id, "lapsed", now)
        offer(connection, meeting.slot, now, rules, besides=meeting.visitor_id)
    return moved


def take_seat(
    connection: Connection,
    slot: Slot,
    visitor_id: int,
    language: str,
    now: datetime,
    new_id: str,
    *,
    replaces: Meeting | None = None,
    status: Status = Status.HELD,
    zone: str | None = None,
    **more: Any,
) -> Meeting:
    """A new meeting in a free seat of ``slot``, which must be locked. Raises Refused."""
    values: dict[str, Any] = {
        "id": new_id,
        "root_id": replaces.root_id if replaces else new_id,
        "replaces_id": replaces.id if replaces else None,
        "seat": free_seat(connection, slot),
        "visitor_id": visitor_id,
        "status": status,
        "version": 1,
        "language": language,
        "created_at": now,
        **dict.fromkeys(("name", "organisation", "topic", "email", "reason", "decided_by"), ""),
        "sequence": 0,
        **more,
    }
    connection.execute(_NEW, {"slot_id": slot.id, **values})
    if zone is None:
        zone = connection.scalar(_ZONE, {"visitor": visitor_id})
    meeting = Meeting(slot=slot, zone=zone or "", **values)
    occupy(connection, claims(meeting))
    return meeting


def replaced(
    connection: Connection, meeting_id: str, visitor_id: int, now: datetime, rules: Rules, keep: int | None = None
) -> Meeting:
    """The confirmed meeting that a new time is asked for; locked.

    Raises Refused if that is already being arranged. What is only held is given back, except in the slot to ``keep``.
    """
    old = own(connection, meeting_id, visitor_id, lock=True)
    if old.status != Status.CONFIRMED or old.slot.starts_at <= now:
        raise Refused(Reason.CHANGED, old)
    for other in neighbours(connection, old):
        if other.replaces_id == old.id and other.status != Status.HELD:
            raise Refused(Reason.ALREADY, other)
        if other.replaces_id == old.id and other.slot.id != keep:
            move(connection, other, Event.WITHDRAW, Actor.VISITOR, "visitor", now, rules)
    return old


def relink(connection: Connection, held: Meeting, old: Meeting | None) -> Meeting:
    """The held meeting, now for ``old`` to make way for, or for itself."""
    replaces_id, root_id = (old.id, old.root_id) if old else (None, held.id)
    if held.replaces_id == replaces_id:
        return held
    linked = swap(connection, held, replaces_id=replaces_id, root_id=root_id)
    free_time(connection, held)
    occupy(connection, claims(linked))
    return linked


def confirm(
    connection: Connection,
    meeting: Meeting,
    event: Event,
    actor: Actor,
    by: str,
    now: datetime,
    rules: Rules,
    **changes: Any,
) -> Meeting:
    """Into CONFIRMED; what the meeting replaces makes way in the same transaction."""
    if meeting.replaces_id is not None:
        old = find(connection, meeting.replaces_id, lock=True)
        if old.status == Status.CONFIRMED:
            said = {"decided_by": changes["decided_by"]} if "decided_by" in changes else {}
            move(connection, old, Event.REPLACE, actor, by, now, rules, **said)
        changes["sequence"] = old.sequence + 1
    return move(connection, meeting, event, actor, by, now, rules, decided_at=now, answer_by=None, **changes)


def expire_holds(connection: Connection, now: datetime, rules: Rules, held: list[Meeting] | None = None) -> int:
    """Give back the seats whose holds ran out. Before every judgement, since no index can look at the clock."""
    expired = 0
    for meeting in run_out(connection, now) if held is None else held:
        try:
            move(connection, meeting, Event.EXPIRE, Actor.CLOCK, "clock", now, rules)
        except Refused:  # somebody else was at it, at this moment
            continue
        expired += 1
    return expired


def offer(connection: Connection, slot: Slot, now: datetime, rules: Rules, *, besides: int) -> None:
    """Hold a seat that came free for whoever waits longest, and tell them; one offer at a time.

    ``besides`` is who gave it up: nobody is offered what they have just given back.
    """
    entries = [entry for entry in next_waiting(connection, slot, now) if entry.visitor_id != besides]
    if not entries:
        return
    slot, team, is_open = slot_with_team(connection, slot.id)
    if not is_open or slot.starts_at - now < team.notice:
        return
    for entry in entries:
        savepoint = connection.begin_nested()
        try:
            new_id, until = rules.new_id(), now + rules.limits.offer
            claim(connection, entry, new_id)
            held = take_seat(connection, slot, entry.visitor_id, entry.language, now, new_id, hold_until=until)
        except (Refused, IntegrityError):  # no seat, no time of theirs, or offered another seat: the next one
            savepoint.rollback()
            continue
        savepoint.commit()
        tell(connection, held, team, now)
        return


def offer_free(connection: Connection, now: datetime, rules: Rules) -> None:
    """Offer what became free without anybody leaving: slots that staff added or opened on a day that is waited for."""
    for team_id, day in waited_for(connection):
        query = select(tables.slots).where(tables.slots.c.team_id == team_id, tables.slots.c.starts_at > now)
        for row in connection.execute(query.order_by(tables.slots.c.starts_at)).mappings().all():
            slot = slot_of(row)
            if slot.open and local_day(slot.starts_at, zone(slot.zone)) == day:
                offer(connection, slot, now, rules, besides=0)


def lock(connection: Connection, slot: Slot) -> None:
    """Nobody else gives or takes a seat of ``slot`` before the transaction ends. SQLite has one writer anyway."""
    if connection.dialect.name != "sqlite":
        connection.execute(select(tables.slots.c.id).where(tables.slots.c.id == slot.id).with_for_update())


def free_time(connection: Connection, meeting: Meeting) -> None:
    """Give back the time of a meeting that ended or moved, but not what its slot or its chain still need.

    Whoever else changes the slot or the chain is waited for: what they need is not to be seen before they are done.
    """
    lock(connection, meeting.slot)
    if meeting.root_id != meeting.id and connection.dialect.name != "sqlite":
        connection.execute(select(m.id).where(m.id == meeting.root_id).with_for_update())
    still = [claim for other in neighbours(connection, meeting) for claim in claims(other)]
    vacate(connection, claims(meeting), still)
