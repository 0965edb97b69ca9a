"""People: what is kept about visitors so that they can book and inquire, and how it goes away again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from bot.inquiries import STANDING
from bot.meetings import ACTIVE, Actor, Event, Refused, Status
from bot.notices import Notice
from bot.store import tables
from bot.store.changes import Rules, move
from bot.store.ledger import post, row
from bot.store.limits import add_visitor
from bot.store.reading import is_active, m, s, several
from bot.store.requests import withdrawn
from bot.store.transactions import Database, adding

_BLANK = {"name": "", "organisation": "", "topic": "", "email": ""}
UNFINISHED = timedelta(days=2)  # what nobody went on with for longer is deleted, never sent
_NO_INQUIRY = {"organisation": "", "name": "", "country": "", "about": "", "contact": "", "by_when": ""}


@dataclass(frozen=True)
class Draft:
    """A booking or an inquiry that is being filled in: where it stands, and what was said so far."""

    visitor_id: int
    kind: str  # "meeting", "inquiry", …: the conversation that reads it
    step: str
    fields: dict[str, str] = field(default_factory=dict)
    at: datetime | None = None


class People:
    """The visitors of an open database."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self._rules = rules

    def zone_of(self, visitor_id: int) -> str:
        """The visitor's time zone (IANA), empty while nobody asked."""
        with self._database.begin() as connection:
            mine = select(tables.visitors.c.zone).where(tables.visitors.c.id == visitor_id)
            return connection.scalar(mine) or ""

    def choose_zone(self, visitor_id: int, zone: str) -> None:
        """Remember the visitor's time zone."""
        with self._database.begin() as connection:
            add_visitor(connection, visitor_id)
            mine = update(tables.visitors).where(tables.visitors.c.id == visitor_id)
            connection.execute(mine.values(zone=zone))

    def agreed(self, visitor_id: int, kind: str) -> bool:
        """Whether the visitor has agreed to what is said about ``kind`` ("booking", "inquiry")."""
        c = tables.consents.c
        with self._database.begin() as connection:
            mine = select(c.at).where(c.visitor_id == visitor_id, c.kind == kind)
            return connection.execute(mine).first() is not None

    def agree(self, visitor_id: int, kind: str, text_version: str, language: str, now: datetime) -> None:
        """Keep the consent with the version of the text it was given to. Agreeing twice is agreeing once."""
        row = {"visitor_id": visitor_id, "kind": kind, "text_version": text_version, "language": language, "at": now}
        with self._database.begin() as connection:
            connection.execute(adding(connection, tables.consents).values(**row).on_conflict_do_nothing())

    def draft(self, visitor_id: int) -> Draft | None:
        """What the visitor is filling in, if anything."""
        query = select(tables.drafts).where(tables.drafts.c.visitor_id == visitor_id)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().first()
            return Draft(**row) if row else None

    def keep_draft(self, draft: Draft, now: datetime) -> None:
        """Remember where the visitor is; one draft a visitor."""
        with self._database.begin() as connection:
            said = {"kind": draft.kind, "step": draft.step, "fields": draft.fields, "at": now}
            new = adding(connection, tables.drafts).values(visitor_id=draft.visitor_id, **said)
            connection.execute(new.on_conflict_do_update(index_elements=[tables.drafts.c.visitor_id], set_=said))

    def drop_draft(self, visitor_id: int) -> None:
        """Nothing is being filled in any more."""
        with self._database.begin() as connection:
            connection.execute(delete(tables.drafts).where(tables.drafts.c.visitor_id == visitor_id))

    def block(self, visitor_id: int, until: datetime | None) -> None:
        """Let the visitor ask for no meetings until then; None lifts it."""
        with self._database.begin() as connection:
            add_visitor(connection, visitor_id)
            mine = update(tables.visitors).where(tables.visitors.c.id == visitor_id)
            connection.execute(mine.values(blocked_until=until))

    def set_reachable(self, visitor_id: int, reachable: bool) -> None:
        """Note whether the bot can still write to the visitor: staff are told on the card."""
        with self._database.begin() as connection:
            mine = update(tables.visitors).where(tables.visitors.c.id == visitor_id)
            connection.execute(mine.values(unreachable=not reachable))

    def is_reachable(self, visitor_id: int) -> bool:
        """Whether the bot can write to the visitor, as far as is known."""
        with self._database.begin() as connection:
            mine = select(tables.visitors.c.unreachable).where(tables.visitors.c.id == visitor_id)
            return not connection.scalar(mine)

    def mails_to(self, address: str, kind: str, since: datetime) -> int:
        """How many mails of this kind (invitation, cancellation) have gone to the address since then, whoever typed it."""
        o = tables.outbox.c
        of_meeting = select(func.count()).select_from(tables.outbox).join(tables.meetings, m.id == o.subject_id)
        sent = (o.to == "mail") & (o.kind == kind) & (o.state == "sent") & (o.done_at > since)
        with self._database.begin() as connection:
            return connection.scalar(of_meeting.where(sent, func.lower(m.email) == address.lower())) or 0

    def data_of(self, visitor_id: int) -> dict[str, Any]:
        """Everything that is kept about the visitor for meetings and inquiries, for ``/mydata``."""
        found: dict[str, Any] = {}
        with self._database.begin() as connection:
            for table, column in _PERSONAL:
                rows = connection.execute(select(table).where(column == visitor_id)).mappings()
                found[table.name] = [dict(row) for row in rows]
            mine = select(tables.inquiries.c.id).where(tables.inquiries.c.visitor_id == visitor_id)
            rows = connection.execute(select(tables.remarks).where(tables.remarks.c.inquiry_id.in_(mine))).mappings()
            found["remarks"] = [dict(row) for row in rows]
            o = tables.outbox.c
            told = select(o.kind, o.subject_id, o.details, o.due_at, o.state).where(_to(visitor_id)).order_by(o.id)
            found["messages"] = [dict(row) for row in connection.execute(told).mappings()]
        return found

    def forget(self, visitor_id: int, now: datetime) -> int:
        """Remove the visitor: meetings to come are cancelled and their teams told, what is left names nobody.

        Returns how many meetings were given up.
        """

        def work(connection: Connection) -> int:
            add_visitor(connection, visitor_id)  # which locks it: no request is under way at this moment
            connection.execute(delete(tables.waitlist).where(tables.waitlist.c.visitor_id == visitor_id))
            given_up = 0
            for meeting in several(connection, m.visitor_id == visitor_id, is_active, s.starts_at > now):
                try:
                    withdrawn(connection, meeting, now, self._rules)
                    given_up += 1
                except Refused:  # it fell with the one before
                    continue
            # What has begun cannot be cancelled; without its visitor it is over, or was never answered.
            for meeting in several(connection, m.visitor_id == visitor_id, is_active):
                event = Event.COMPLETE if meeting.status == Status.CONFIRMED else Event.EXPIRE
                move(connection, meeting, event, Actor.CLOCK, "clock", now, self._rules)
            theirs = connection.scalars(select(m.id).where(m.visitor_id == visitor_id)).all()
            connection.execute(update(tables.meetings).where(m.visitor_id == visitor_id).values(visitor_id=0, **_BLANK))
            _blank_cards(connection, "card", theirs, now)
            _forget_inquiries(connection, visitor_id, now)
            connection.execute(delete(tables.outbox).where(_to(visitor_id)))
            for table in (tables.drafts, tables.consents):
                connection.execute(delete(table).where(table.c.visitor_id == visitor_id))
            v = tables.visitors.c
            free = v.blocked_until.is_(None) | (v.blocked_until <= now)  # forgetting must not lift a block
            connection.execute(delete(tables.visitors).where(v.id == visitor_id, free))
            connection.execute(update(tables.visitors).where(v.id == visitor_id).values(zone="", unreachable=False))
            return given_up

        return self._database.run(work)

    def expire(self, now: datetime, keep: timedelta) -> int:
        """Blank what visitors said in meetings and inquiries that ended longer than ``keep`` ago. Returns how many.

        The cards in the staff's chats are blanked with it, and what was told that long ago is deleted;
        so is what was begun and left for some days.
        """
        over = select(s.id).where(s.ends_at < now - keep)
        ended = m.status.not_in([status.value for status in ACTIVE])
        old = m.slot_id.in_(over) & ended & (m.visitor_id != 0)
        i = tables.inquiries.c
        stale = i.state.in_(["closed", "withdrawn"]) & (i.changed_at < now - keep) & (i.visitor_id != 0)
        with self._database.begin() as connection:
            ids = connection.scalars(select(i.id).where(stale)).all()
            connection.execute(delete(tables.remarks).where(tables.remarks.c.inquiry_id.in_(ids)))
            meetings = connection.scalars(select(m.id).where(old)).all()
            connection.execute(update(tables.meetings).where(m.id.in_(meetings)).values(visitor_id=0, **_BLANK))
            gone = update(tables.inquiries).where(i.id.in_(ids)).values(visitor_id=0, **_NO_INQUIRY)
            connection.execute(gone)
            _blank_cards(connection, "card", meetings, now)
            _blank_cards(connection, "inquiry_card", ids, now)
            connection.execute(delete(tables.outbox).where(tables.outbox.c.done_at < now - keep))
            connection.execute(delete(tables.waitlist).where(tables.waitlist.c.day < (now - keep).date()))
            connection.execute(delete(tables.drafts).where(tables.drafts.c.at < now - UNFINISHED))
            return len(meetings) + len(ids)


def _to(visitor_id: int) -> ColumnElement[bool]:
    o = tables.outbox.c
    return (o.to == "visitor") & (o.receiver == str(visitor_id))


_PERSONAL = [
    (tables.visitors, tables.visitors.c.id),
    (tables.consents, tables.consents.c.visitor_id),
    (tables.meetings, tables.meetings.c.visitor_id),
    (tables.waitlist, tables.waitlist.c.visitor_id),
    (tables.inquiries, tables.inquiries.c.visitor_id),
    (tables.drafts, tables.drafts.c.visitor_id),
]


def _forget_inquiries(connection: Connection, visitor_id: int, now: datetime) -> None:
    i = tables.inquiries.c
    ids = connection.scalars(select(i.id).where(i.visitor_id == visitor_id)).all()
    if not ids:
        return
    connection.execute(delete(tables.remarks).where(tables.remarks.c.inquiry_id.in_(ids)))
    standing = select(i.id, i.state).where(i.id.in_(ids), i.state.in_([state.value for state in STANDING]))
    given_up = [
        {"at": now, "subject_id": one.id, "actor": "visitor", "was": one.state, "became": "withdrawn", "reason": ""}
        for one in connection.execute(standing)
    ]
    if given_up:
        connection.execute(insert(tables.audit), given_up)
    gone = {"visitor_id": 0, "state": "withdrawn", "changed_at": now, "version": i.version + 1, **_NO_INQUIRY}
    connection.execute(update(tables.inquiries).where(i.id.in_(ids)).values(**gone))
    _blank_cards(connection, "inquiry_card", ids, now)


def _blank_cards(connection: Connection, kind: str, subject_ids: Sequence[str], now: datetime) -> None:
    """Let the cards that still show somebody in a staff chat be drawn anew. Once a subject: it names nobody any more."""
    c = tables.cards.c
    shown = connection.execute(select(c.subject_id, c.chat_id).where(c.subject_id.in_(subject_ids))).all()
    letter = Notice(kind, "team", now)
    post(connection, [row(letter, str(one.chat_id), one.subject_id, f"{kind}:{one.subject_id}:blank") for one in shown])
