"""Requests: what a visitor does with meetings. One method, one transaction, one effect; Refused says why not."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, select

from bot.meetings import (
    LONGEST,
    Actor,
    Details,
    Event,
    Meeting,
    Reason,
    Refused,
    Slot,
    Status,
    Team,
    answer_by,
)
from bot.notices import Notice
from bot.store import tables
from bot.store.changes import Rules, confirm, expire_holds, guarded, move, own, relink, replaced, swap, take_seat
from bot.store.ledger import letter, post_once
from bot.store.limits import COUNTED, check_holds, check_limits, lock_visitor
from bot.store.reading import check_open, lately, neighbours, slot_with_team, team_for
from bot.store.transactions import Database
from bot.store.waitlist import is_offer, leave, settle, wait

CONSENT = "booking"


class Requests:
    """The visitors' side of the meetings of an open database."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def hold(
        self, slot_id: int, visitor_id: int, language: str, now: datetime, replaces_id: str | None = None
    ) -> Meeting:
        """Keep a seat while the request is typed. Another seat that the visitor held until now is given back.

        Picking the same slot again finds the same hold. ``replaces_id`` is a confirmed meeting of the visitor's that
        makes way once the new one is confirmed.
        """

        def work(connection: Connection) -> Meeting:
            zone = lock_visitor(connection, visitor_id, now)
            slot, team, is_open = slot_with_team(connection, slot_id)
            known, ran_out = lately(connection, visitor_id, now - COUNTED, now)
            if ran_out:
                expire_holds(connection, now, self._rules, ran_out)
                known, _ = lately(connection, visitor_id, now - COUNTED, now)
            old = replaced(connection, replaces_id, visitor_id, now, self._rules, slot_id) if replaces_id else None
            if old and old.slot.team_id != team.id:  # another team's time replaces nothing
                raise Refused(Reason.UNKNOWN)
            if old:  # then another hold may have been given back
                known, _ = lately(connection, visitor_id, now - COUNTED, now)
            for mine in (one for one in known if one.active):
                if mine.slot.id == slot_id and mine.status == Status.HELD:
                    return relink(connection, mine, old)
                if mine.slot.id == slot_id:
                    raise Refused(Reason.ALREADY, mine)
                if mine.status == Status.HELD and not is_offer(connection, mine.id):
                    move(connection, mine, Event.WITHDRAW, Actor.VISITOR, "visitor", now, self._rules)
            check_open(slot, is_open, now)
            _check_distance(slot, team, now)
            check_limits(known, slot, now, self._rules.limits, replaces=replaces_id)
            check_holds(known, now, self._rules.limits)
            until = now + self._rules.limits.hold
            new_id = self._rules.new_id()
            return take_seat(
                connection, slot, visitor_id, language, now, new_id, replaces=old, zone=zone, hold_until=until
            )

        return guarded(self._database, work)

    def describe(self, meeting_id: str, visitor_id: int, details: Details) -> Meeting:
        """Add what the visitor says to a held meeting."""

        def work(connection: Connection) -> Meeting:
            meeting = own(connection, meeting_id, visitor_id)
            if meeting.status != Status.HELD:
                raise Refused(Reason.CHANGED, meeting)
            given = {name: text.strip()[: LONGEST[name]] for name, text in asdict(details).items() if text is not None}
            return swap(connection, meeting, **given) if given else meeting

        return self._database.run(work)

    def send(self, meeting_id: str, visitor_id: int, now: datetime) -> Meeting:
        """Turn the hold into a request that staff see. Sending twice is sending once."""

        def work(connection: Connection) -> Meeting:
            lock_visitor(connection, visitor_id, now)
            meeting = own(connection, meeting_id, visitor_id)
            if meeting.status == Status.REQUESTED:
                return meeting
            if meeting.status not in (Status.HELD, Status.ABANDONED):
                raise Refused(Reason.CHANGED, meeting)
            if meeting.status == Status.ABANDONED or (meeting.hold_until is not None and meeting.hold_until <= now):
                raise Refused(Reason.LAPSED, meeting)
            if not (meeting.name and meeting.topic):
                raise Refused(Reason.INCOMPLETE, meeting)
            if meeting.slot.starts_at <= now:
                raise Refused(Reason.TOO_SOON, meeting)
            _check_consent(connection, visitor_id, meeting)
            known, _ = lately(connection, visitor_id, now - COUNTED, now)
            others = [one for one in known if one.id != meeting.id]
            check_limits(others, meeting.slot, now, self._rules.limits, replaces=meeting.replaces_id)
            team = team_for(connection, meeting.slot.team_id)
            until = answer_by(now, meeting.slot.starts_at, team.notice)
            settle(connection, meeting.id, "accepted", now)
            changes = {"answer_by": until, "requested_at": now, "hold_until": None}
            return move(connection, meeting, Event.SEND, Actor.VISITOR, "visitor", now, self._rules, **changes)

        return guarded(self._database, work)

    def accept(self, meeting_id: str, version: int, visitor_id: int, now: datetime) -> Meeting:
        """Take the time that staff proposed."""

        def work(connection: Connection) -> Meeting:
            meeting = own(connection, meeting_id, visitor_id)
            if meeting.version != version:
                raise Refused(Reason.CHANGED, meeting)
            if meeting.answer_by is not None and meeting.answer_by <= now:
                raise Refused(Reason.LAPSED, meeting)
            return confirm(connection, meeting, Event.ACCEPT, Actor.VISITOR, "visitor", now, self._rules)

        return guarded(self._database, work)

    def withdraw(self, meeting_id: str, visitor_id: int, now: datetime) -> Meeting:
        """Give back a hold, a request or a proposed time; cancel a confirmed meeting that has not begun."""

        def work(connection: Connection) -> Meeting:
            return withdrawn(connection, own(connection, meeting_id, visitor_id, lock=True), now, self._rules)

        return self._database.run(work)

    def late(self, meeting_id: str, visitor_id: int, minutes: int, now: datetime) -> Meeting:
        """Tell the team that the visitor of a meeting of today is running late."""

        def work(connection: Connection) -> Meeting:
            meeting = own(connection, meeting_id, visitor_id)
            if meeting.status != Status.CONFIRMED or not now < meeting.slot.ends_at < now + timedelta(days=1):
                raise Refused(Reason.NOT_ALLOWED, meeting)
            team = team_for(connection, meeting.slot.team_id)
            notice = Notice("late", "team", now, {"minutes": str(minutes)})
            post_once(connection, letter(notice, meeting, team, key=str(minutes)))
            return meeting

        return self._database.run(work)

    def wait(self, team_id: str, day: date, visitor_id: int, language: str, now: datetime) -> int:
        """Join the waiting list of a team's day. Returns how many stand before the visitor."""

        def work(connection: Connection) -> int:
            lock_visitor(connection, visitor_id, now)
            return wait(connection, team_id, day, visitor_id, language, now, self._rules.limits.waits)

        return self._database.run(work)

    def leave(self, team_id: str, day: date, visitor_id: int) -> bool:
        """Leave the waiting list. False where the visitor was not on it."""
        return self._database.run(lambda connection: leave(connection, team_id, day, visitor_id))


def withdrawn(connection: Connection, meeting: Meeting, now: datetime, rules: Rules) -> Meeting:
    """The meeting after its visitor gave it up. With a confirmed one falls the request for another time."""
    if meeting.status != Status.CONFIRMED:
        return move(connection, meeting, Event.WITHDRAW, Actor.VISITOR, "visitor", now, rules)
    if meeting.slot.starts_at <= now:
        raise Refused(Reason.NOT_ALLOWED, meeting)
    for other in neighbours(connection, meeting):
        if other.replaces_id == meeting.id:
            move(connection, other, Event.WITHDRAW, Actor.VISITOR, "visitor", now, rules)
    later = meeting.sequence + 1
    return move(connection, meeting, Event.CANCEL, Actor.VISITOR, "visitor", now, rules, sequence=later)


def _check_distance(slot: Slot, team: Team, now: datetime) -> None:
    if slot.starts_at - now < team.notice:
        raise Refused(Reason.TOO_SOON)
    if slot.starts_at - now > team.horizon:
        raise Refused(Reason.TOO_FAR)


def _check_consent(connection: Connection, visitor_id: int, meeting: Meeting) -> None:
    consents = tables.consents.c
    agreed = select(consents.visitor_id).where(consents.visitor_id == visitor_id, consents.kind == CONSENT)
    if connection.execute(agreed).first() is None:
        raise Refused(Reason.NO_CONSENT, meeting)
