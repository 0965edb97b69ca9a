"""The outbox: what must reach somebody, in rows that were written with its cause. Claimed, sent, marked.

How fast it may go is counted in the table as well, so that any number of processes keep to it together: so many letters a
second over all, and in each chat no more than Telegram allows.

A claim is a lease: a worker that dies between sending and marking leaves a row that is free again at once, or where its
end cannot be seen, when the lease runs out; then it is sent once more. That is the one moment in which somebody may hear something twice; nothing is ever not said.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, case, exists, func, select, update

from bot.notices import Notice
from bot.store import tables
from bot.store.ledger import post_once, row
from bot.store.transactions import Database, adding

LEASE = timedelta(minutes=2)
# Telegram bears one message a second in a chat, but some at once, and twenty a minute in a group. Some of the twenty are
# for what is answered there directly.
PRIVATE, PRIVATE_SPELL = 5, timedelta(seconds=5)
GROUP, GROUP_SPELL = 15, timedelta(minutes=1)
_COUNTING = 0x4C_45_54_54  # the number that stands for "somebody counts", among those who use this database

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


def _bearable(now: datetime) -> ColumnElement[bool]:
    """Whether the chat has not heard so much lately that Telegram would refuse more."""

    def lately(spell: timedelta) -> ColumnElement[int]:
        said = tables.outbox.alias()
        # What was sent after now was sent before the clock was set back: that says nothing.
        then = (said.c.done_at > now - spell) & (said.c.done_at < now + spell)
        mine = (said.c.receiver == o.receiver) & then & (said.c.state == "sent")
        return select(func.count()).select_from(said).where(mine, said.c.to != "mail").scalar_subquery()

    group = o.receiver.startswith("-")
    return case((group, lately(GROUP_SPELL) < GROUP), else_=lately(PRIVATE_SPELL) < PRIVATE)


class Outbox:
    """The outbox of an open database."""

    def __init__(self, database: Database, owner: str) -> None:
        self._database = database
        self._owner = owner

    def claim(
        self, now: datetime, limit: int = 20, *, a_second: int | None = None, in_hand: Collection[int] = ()
    ) -> list[Letter]:
        """Take what is due, oldest first, and of each chat only what has nothing before it.

        What is ``in_hand`` already is not taken again, though a clock set forward lets its lease seem over.

        With ``a_second`` no more than so many are in hand or have been sent in the last second, by all processes.
        """
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
        fits = (o.to == "mail") | (~exists().where(before) & _bearable(now))
        query = select(tables.outbox).where(standing, free, fits, o.id.not_in(in_hand))
        query = query.order_by(o.due_at, o.id).with_for_update(skip_locked=True, of=tables.outbox)
        with self._database.begin() as connection:
            room = limit if a_second is None else min(limit, a_second - self._on_the_way(connection, now))
            if room <= 0:
                return []
            rows = connection.execute(query.limit(room)).mappings().all()
            ids = [one["id"] for one in rows]
            if ids:
                taken = {"state": "sending", "owner": self._owner, "lease_until": now + LEASE}
                mine = update(tables.outbox).where(o.id.in_(ids))
                connection.execute(mine.values(attempts=o.attempts + 1, **taken))
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

    def _on_the_way(self, connection: Connection, now: datetime) -> int:
        """How many are in hand or were sent within the last second. Whoever counts next waits for who counts now."""
        if self._database.dialect == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(_COUNTING)))
        on_the_way = (o.state == "sending") & (o.lease_until > now) & (o.to != "mail")
        lately = (o.done_at > now - timedelta(seconds=1)) & (o.done_at < now + timedelta(seconds=1))
        just_sent = (o.state == "sent") & lately & (o.to != "mail")
        return connection.scalar(select(func.count()).where(on_the_way | just_sent)) or 0

    def _mark(self, letter_id: int, *conditions: ColumnElement[bool], **values: object) -> None:
        with self._database.begin() as connection:
            connection.execute(update(tables.outbox).where(o.id == letter_id, *conditions).values(**values))
