"""The outbox: what must reach somebody, in rows that were written with its cause. Claimed, sent, marked.

A claim is a lease: a worker that dies between sending and marking leaves a row whose lease runs out, and it is sent once
more. That is the one moment in which somebody may hear something twice; nothing is ever not said.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, exists, func, select, update

from bot.notices import Notice
from bot.store import tables
from bot.store.ledger import post_once, row
from bot.store.transactions import Database, adding

LEASE = timedelta(minutes=2)

o = tables.outbox.c


@dataclass(frozen=True)
class Letter:
    """One thing to send. ``kind`` names the text, ``subject_id`` the meeting or inquiry it is about."""

    id: int
    kind: str
    to: str  # visitor, team, mail
    receiver: str  # a chat's id
    subject_id: str
    details: dict[str, str]
    due_at: datetime
    attempts: int


class Outbox:
    """The outbox of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, now: datetime, limit: int = 20) -> list[Letter]:
        """Take what is due, oldest first, and of each chat only what has nothing before it."""
        other = tables.outbox.alias()
        standing = o.state.in_(["waiting", "sending"]) & (o.due_at <= now)
        free = o.lease_until.is_(None) | (o.lease_until <= now)
        before = (
            (other.c.receiver == o.receiver)
            & (other.c.to == o.to)
            & other.c.state.in_(["waiting", "sending"])
            & (other.c.due_at <= now)
            & ((other.c.due_at < o.due_at) | ((other.c.due_at == o.due_at) & (other.c.id < o.id)))
        )
        query = select(tables.outbox).where(standing, free, (o.to == "mail") | ~exists().where(before))
        query = query.order_by(o.due_at, o.id).limit(limit).with_for_update(skip_locked=True, of=tables.outbox)
        with self._database.begin() as connection:
            rows = connection.execute(query).mappings().all()
            ids = [one["id"] for one in rows]
            if ids:
                taken = {"state": "sending", "lease_until": now + LEASE, "attempts": o.attempts + 1}
                connection.execute(update(tables.outbox).where(o.id.in_(ids)).values(**taken))
            return [
                Letter(
                    one["id"], one["kind"], one["to"], one["receiver"], one["subject_id"], one["details"],
                    one["due_at"], one["attempts"] + 1,
                )
                for one in rows
            ]  # fmt: skip

    def sent(self, letter_id: int, now: datetime) -> None:
        """It arrived."""
        self._mark(letter_id, state="sent", lease_until=None, done_at=now)

    def later(self, letter_id: int, until: datetime, error: str) -> None:
        """It did not work; try again then. What comes after it in the same chat waits as well."""
        self._mark(letter_id, o.state == "sending", state="waiting", lease_until=until, last_error=error[:200])

    def drop(self, letter_id: int, reason: str, now: datetime) -> None:
        """It need not be said any more: too late, or no longer true."""
        self._mark(letter_id, state="dropped", lease_until=None, last_error=reason[:200], done_at=now)

    def fail(self, letter_id: int, error: str, now: datetime) -> None:
        """It cannot be said: the visitor blocked the bot, the chat is gone, every attempt failed."""
        self._mark(letter_id, state="failed", lease_until=None, last_error=error[:200], done_at=now)

    def put(
        self, kind: str, to: str, receiver: str, subject_id: str, key: str, due_at: datetime, **details: str
    ) -> bool:
        """Write a letter that belongs to no change of a meeting (the morning's agenda). False if its key is known."""
        with self._database.begin() as connection:
            return post_once(connection, row(Notice(kind, to, due_at, details), receiver, subject_id, key))

    def counts(self) -> dict[str, int]:
        """State -> how many letters are in it."""
        with self._database.begin() as connection:
            rows = connection.execute(select(o.state, func.count().label("n")).group_by(o.state))
            return {row.state: row.n for row in rows}

    def card(self, subject_id: str) -> tuple[int, int] | None:
        """Chat and message of the card that staff have on this meeting or inquiry."""
        c = tables.cards.c
        with self._database.begin() as connection:
            place = connection.execute(select(c.chat_id, c.message_id).where(c.subject_id == subject_id)).first()
            return (place.chat_id, place.message_id) if place else None

    def keep_card(self, subject_id: str, chat_id: int, message_id: int) -> None:
        """Remember the card, so that it is changed and not sent anew."""
        c = tables.cards.c
        with self._database.begin() as connection:
            place = {"chat_id": chat_id, "message_id": message_id}
            new = adding(connection, tables.cards).values(subject_id=subject_id, **place)
            connection.execute(new.on_conflict_do_update(index_elements=[c.subject_id], set_=place))

    def card_at(self, chat_id: int, message_id: int) -> str | None:
        """The meeting or inquiry whose card this message is."""
        c = tables.cards.c
        with self._database.begin() as connection:
            return connection.scalar(select(c.subject_id).where(c.chat_id == chat_id, c.message_id == message_id))

    def _mark(self, letter_id: int, *conditions: ColumnElement[bool], **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(tables.outbox).where(o.id == letter_id, *conditions).values(**values))
