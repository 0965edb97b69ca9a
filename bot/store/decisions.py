"""Decisions: what staff do with meetings. ``by`` is the Telegram id of whoever presses, checked here every time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select

from bot.meetings import Actor, Event, Meeting, Member, Reason, Refused, Status, Team, answer_by
from bot.store import tables
from bot.store.busy import claims, occupy
from bot.store.changes import (
    Rules,
    confirm,
    expire_holds,
    free_time,
    guarded,
    move,
    offer,
    replaced,
    swap,
    take_seat,
)
from bot.store.ledger import record
from bot.store.reading import check_open, find, free_seat, slot_with_team, team_for
from bot.store.rows import member_of
from bot.store.transactions import Database

AFTERWARDS = timedelta(hours=24)  # so long after it began, staff may say who came


class Decisions:
    """The staff's side of the meetings of an open database. Every method raises Refused where it may not be."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def confirm(self, meeting_id: str, version: int, by: int, member_id: str, now: datetime) -> Meeting:
        """Confirm a request; the member of the team goes."""

        def work(connection: Connection) -> Meeting:
            meeting, staff, team = self._for_staff(connection, meeting_id, version, by)
            if meeting.answer_by is not None and meeting.answer_by <= now:
                raise Refused(Reason.LAPSED, meeting)
            goes = _member(connection, member_id, team)
            said = {"member_id": goes.id, "decided_by": staff.name}
            return confirm(connection, meeting, Event.CONFIRM, Actor.STAFF, staff.id, now, self._rules, **said)

        return guarded(self._database, work)

    def decline(self, meeting_id: str, version: int, by: int, reason: str, now: datetime) -> Meeting:
        """Decline a request, or take a proposal back."""
        return self._end(meeting_id, version, by, Event.DECLINE, now, reason)

    def cancel(self, meeting_id: str, version: int, by: int, reason: str, now: datetime) -> Meeting:
        """Cancel a confirmed meeting that has not begun."""
        return self._end(meeting_id, version, by, Event.CANCEL, now, reason)

    def came(self, meeting_id: str, version: int, by: int, came: bool, now: datetime) -> Meeting:
        """Say whether the visitor came, within a day of the beginning."""
        return self._end(meeting_id, version, by, Event.COMPLETE if came else Event.MISS, now, "")

    def propose(self, meeting_id: str, version: int, by: int, slot_id: int, member_id: str, now: datetime) -> Meeting:
        """Offer the visitor another time. A request moves there; a confirmed meeting stands until it is accepted.

        Returns the meeting that waits for the visitor's answer.
        """

        def work(connection: Connection) -> Meeting:
            meeting, staff, team = self._for_staff(connection, meeting_id, version, by)
            if meeting.status not in (Status.REQUESTED, Status.CONFIRMED):
                raise Refused(Reason.CHANGED, meeting)
            if meeting.answer_by is not None and meeting.answer_by <= now:
                raise Refused(Reason.LAPSED, meeting)
            slot, other, is_open = slot_with_team(connection, slot_id)
            if other.id != team.id:
                raise Refused(Reason.UNKNOWN, meeting)
            if slot.id == meeting.slot.id:
                raise Refused(Reason.ALREADY, meeting)
            expire_holds(connection, now, self._rules)
            check_open(slot, is_open, now)
            said: dict[str, Any] = {
                "member_id": _member(connection, member_id, team).id,
                "decided_by": staff.name,
                "decided_at": now,
                "answer_by": answer_by(now, slot.starts_at, team.notice),
                "status": Status.COUNTERED,
            }
            if meeting.status == Status.CONFIRMED:
                replaced(connection, meeting.id, meeting.visitor_id, now, self._rules)
                said |= {name: getattr(meeting, name) for name in ("name", "organisation", "topic", "email")}
                said["requested_at"] = meeting.requested_at
                visitor, language, new_id = meeting.visitor_id, meeting.language, self._rules.new_id()
                moved = take_seat(connection, slot, visitor, language, now, new_id, replaces=meeting, **said)
                record(connection, moved, team, None, staff.id, now)
                return moved
            seat = free_seat(connection, slot)
            swapped = swap(connection, meeting, slot_id=slot.id, seat=seat, **said)
            moved = replace(swapped, slot=slot)
            free_time(connection, meeting)
            occupy(connection, claims(moved))
            record(connection, moved, team, meeting.status, staff.id, now)
            offer(connection, meeting.slot, now, self._rules, besides=meeting.visitor_id)
            return moved

        return guarded(self._database, work)

    def _end(self, meeting_id: str, version: int, by: int, event: Event, now: datetime, reason: str) -> Meeting:
        def work(connection: Connection) -> Meeting:
            meeting, staff, _ = self._for_staff(connection, meeting_id, version, by)
            start = meeting.slot.starts_at
            afterwards = event in (Event.COMPLETE, Event.MISS)
            if meeting.active and afterwards and not start <= now <= start + AFTERWARDS:
                raise Refused(Reason.NOT_ALLOWED, meeting)
            if meeting.active and event == Event.CANCEL and start <= now:
                raise Refused(Reason.NOT_ALLOWED, meeting)
            said = {"reason": reason[:500], "decided_by": staff.name, "decided_at": now}
            later = meeting.sequence + (event == Event.CANCEL)
            return move(connection, meeting, event, Actor.STAFF, staff.id, now, self._rules, sequence=later, **said)

        return guarded(self._database, work)

    def _for_staff(
        self, connection: Connection, meeting_id: str, version: int, by: int
    ) -> tuple[Meeting, Member, Team]:
        row = connection.execute(select(tables.members).where(tables.members.c.telegram_id == by)).mappings().first()
        if row is None:
            raise Refused(Reason.NOT_YOURS)
        staff, meeting = member_of(row), find(connection, meeting_id)
        if meeting.slot.team_id not in staff.teams:
            raise Refused(Reason.NOT_YOURS)
        if meeting.version != version:
            raise Refused(Reason.CHANGED, meeting)
        return meeting, staff, team_for(connection, meeting.slot.team_id)


def _member(connection: Connection, member_id: str, team: Team) -> Member:
    row = connection.execute(select(tables.members).where(tables.members.c.id == member_id)).mappings().first()
    if row is None or team.id not in row["teams"]:
        raise Refused(Reason.UNKNOWN)
    return member_of(row)
