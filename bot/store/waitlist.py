"""The waiting list: who would like a seat of a team on a day, in the order they came."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.meetings import Meeting, Reason, Refused, Slot, Team
from bot.notices import Notice
from bot.store import tables
from bot.store.ledger import drop, letter, post
from bot.store.reading import team_for, v
from bot.times import local_day
from bot.zones import zone

OFFER = "offer"

w = tables.waitlist.c
_STANDING = w.state.in_(["waiting", "offered"])


def wait(
    connection: Connection, team_id: str, day: date, visitor_id: int, language: str, now: datetime, most: int
) -> int:
    """Join the list; joining twice is joining once. Returns how many stand before the visitor.

    Raises Refused(UNKNOWN), or TOO_MANY where they wait for so many days already. The visitor must be locked.
    """
    team_for(connection, team_id)
    known = select(w.id).where(w.team_id == team_id, w.day == day, w.visitor_id == visitor_id, _STANDING)
    mine = connection.scalar(known)
    if mine is None:
        others = select(w.id).where(w.visitor_id == visitor_id, _STANDING, w.day >= now.date() - timedelta(days=1))
        if len(connection.execute(others).all()) >= most:
            raise Refused(Reason.TOO_MANY)
        row = {"team_id": team_id, "day": day, "visitor_id": visitor_id, "language": language}
        adding = insert(tables.waitlist).values(state="waiting", at=now, **row).returning(w.id)
        mine = connection.execute(adding).scalar_one()
    before = select(w.id).where(w.team_id == team_id, w.day == day, w.state == "waiting", w.id < mine)
    return len(connection.execute(before).all())


def leave(connection: Connection, team_id: str, day: date, visitor_id: int) -> bool:
    """Leave the list. False where the visitor was not on it."""
    mine = (w.team_id == team_id) & (w.day == day) & (w.visitor_id == visitor_id) & (w.state == "waiting")
    return connection.execute(update(tables.waitlist).where(mine).values(state="left")).rowcount > 0


def waited_for(connection: Connection) -> list[tuple[str, date]]:
    """The teams and days that somebody waits for."""
    query = select(w.team_id, w.day).where(w.state == "waiting").distinct()
    return [(row.team_id, row.day) for row in connection.execute(query.order_by(w.team_id, w.day))]


def next_waiting(connection: Connection, slot: Slot, now: datetime) -> Sequence[Row[Any, Any, Any]]:
    """Who waits for a seat like this one, longest first. Nobody, if the slot is closed or too near."""
    if not slot.open or slot.starts_at <= now:
        return []
    day = local_day(slot.starts_at, zone(slot.zone))
    query = select(w.id, w.visitor_id, w.language).outerjoin(tables.visitors, v.id == w.visitor_id)
    waiting = (w.team_id == slot.team_id) & (w.day == day) & (w.state == "waiting")
    allowed = v.blocked_until.is_(None) | (v.blocked_until <= now)
    return connection.execute(query.where(waiting, allowed).order_by(w.id)).all()


def claim(connection: Connection, entry: Row[Any, Any, Any], meeting_id: str) -> None:
    """Note that this meeting is offered to whoever waits. Raises Refused(CHANGED) if they do not wait any more."""
    mine = update(tables.waitlist).where(w.id == entry.id, w.state == "waiting")
    if connection.execute(mine.values(state="offered", meeting_id=meeting_id)).rowcount != 1:
        raise Refused(Reason.CHANGED)


def tell(connection: Connection, held: Meeting, team: Team, now: datetime) -> None:
    """Tell the visitor of the seat that is held for them."""
    post(connection, [letter(Notice(OFFER, "visitor", now), held, team)])


def settle(connection: Connection, meeting_id: str, state: str, now: datetime) -> None:
    """What became of the offer that this meeting was, if it was one: accepted or lapsed. Then it need not be made."""
    mine = (w.meeting_id == meeting_id) & (w.state == "offered")
    if connection.execute(update(tables.waitlist).where(mine).values(state=state)).rowcount:
        drop(connection, meeting_id, [OFFER], now)


def is_offer(connection: Connection, meeting_id: str) -> bool:
    """Whether the meeting is a seat offered from the list."""
    return connection.scalar(select(w.id).where(w.meeting_id == meeting_id, w.state == "offered")) is not None
