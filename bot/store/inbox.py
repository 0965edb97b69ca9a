"""The inbox: every update from the moment it was confirmed until its effect is done, in order within each chat.

A process works on an update under a lease that it renews. Where it dies, the lease runs out and the update is begun
again, by whoever comes first; what its sender was filling in is put back to where it was, so that the same words mean the
same. What has seen its process die too often is put aside: its visitor and staff are told, and the rest goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from itertools import zip_longest
from typing import Any

from sqlalchemy import Connection, Integer, Select, bindparam, case, delete, exists, func, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from bot.store import resuming, tables
from bot.store.background import Background, backgrounds
from bot.store.records import Turn
from bot.store.telling import spell, tell, tell_staff
from bot.store.transactions import Database, spared
from bot.store.turns import remember
from bot.updates import Update, chat_of

LEASE = timedelta(seconds=30)
PAUSE = timedelta(seconds=30)  # until what could not be said is tried again
A_MOMENT = timedelta(seconds=1)  # until what the database could not do is tried again, for the first time
MOST_RUNS = 3  # the last of them alone among its kind, so that who dies beside the culprit is not taken for it
PER_CHAT = 50  # nobody types that many questions while one is answered
BUSY = 300  # waiting at once, over all chats: then who comes hears that it will take a moment
MOST = 10_000  # waiting at once: then Telegram keeps the rest for us
KNOWN = timedelta(days=8)  # Telegram delivers an update again for a day, and counts on from anywhere after a week
KEPT_ASIDE = timedelta(days=14)

i = tables.inbox.c
_OPEN = i.done_at.is_(None)  # as in the indexes
_GONE = {"chat": None, "payload": None, "draft": None, "sent": None}
_FREE = {"owner": None, "lease_until": None}
_ADDING = {
    engine: one.insert(tables.inbox).on_conflict_do_nothing(index_elements=[i.update_id]).returning(i.update_id)
    for engine, one in (("sqlite", sqlite), ("postgresql", postgresql))
}


class Full(Exception):
    """So much waits that no more is taken; Telegram keeps it."""


class End(StrEnum):
    """What became of an update that was worked on."""

    DONE = "done"
    AGAIN = "waiting"  # Telegram could not be reached: later, and what comes after it in the chat as well
    SOON = "waiting, but not for long"  # the database failed; that this could be noted says that it works again
    ASIDE = "poisoned"


@dataclass(frozen=True)
class Taken:
    """An update to work on. ``sent`` are the messages that it has sent before its process died."""

    update_id: int
    payload: dict[str, Any]
    received_at: datetime
    attempts: int  # this one included
    sent: tuple[int, ...]
    background: Background | None = None  # None: it could not be read


class Inbox:
    """The inbox of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, updates: Sequence[Update], now: datetime) -> int:
        """Keep them; what is known is not kept twice. Raises Full, StoreError: then none of them is kept.

        Returns how many were dropped because their chat has enough waiting; it was told.
        """
        arrived = {update["update_id"]: update for update in updates}
        chats = {update_id: chat_of(update) for update_id, update in arrived.items()}

        def work(connection: Connection) -> int:
            dropped, waiting = 0, _waiting(connection)
            if waiting >= MOST:
                raise Full(f"{waiting} updates wait already")
            known = set(connection.scalars(select(i.update_id).where(i.update_id.in_(arrived))))
            per_chat = Counter(_waiting_in(connection, set(chats.values())))
            for update_id in sorted(arrived.keys() - known):  # in one order, lest two who put wait for each other
                chat = chats[update_id]
                per_chat[chat] += 1
                flood = per_chat[chat] > PER_CHAT
                if _add(connection, arrived[update_id], None if flood else chat, now) and (flood or waiting > BUSY):
                    dropped += flood
                    tell(connection, arrived[update_id], "flood" if flood else "busy", spell(now), now)
            return dropped

        return self._database.run(work)

    def turn(
        self,
        owner: str,
        ended: Sequence[tuple[int, End]],
        room: int,
        now: datetime,
        last_chance: bool = True,
        sent: Mapping[int, Sequence[int]] | None = None,
        turns: Sequence[tuple[Turn, bool]] = (),
        in_hand: Collection[int] = (),
    ) -> list[Taken]:
        """Note how updates ended and take up to ``room`` more: oldest first, one of a chat. One transaction for both.

        ``last_chance``: whether one that two processes died of may be among them. ``sent``: update -> the messages that
        it has sent until now, so that they are not sent again. ``turns``: what was asked, and whether it was answered.
        What is ``in_hand`` is not taken again, though a clock set forward lets its lease seem over.
        """

        def work(connection: Connection, room: int = room) -> list[Taken]:
            _note(connection, owner, sent or {})
            if turns:
                spared(connection, lambda: remember(connection, turns), "answers were given but not kept")
            _end(connection, owner, ended, now)
            return _claim(connection, owner, room, now, last_chance, in_hand) if room > 0 else []

        try:
            return self._database.run(work)
        except IntegrityError:  # another process was faster with an older update of the same chat
            return self._database.run(lambda connection: work(connection, 0))

    def note(self, owner: str, sent: Mapping[int, Sequence[int]]) -> None:
        """Note what updates have sent until now, so that it is not sent again. Raises StoreError."""
        self._database.run(lambda connection: _note(connection, owner, sent))

    def renew(self, owner: str, in_hand: Collection[int], now: datetime) -> None:
        """Keep what is in hand for as long again. What was claimed unheard, by an answer that did not come, is not."""
        mine = update(tables.inbox).where(i.update_id.in_(in_hand), _OPEN, i.state == "working", i.owner == owner)
        with self._database.begin() as connection:
            connection.execute(mine.values(lease_until=now + LEASE))

    def give_back(self, owner: str) -> int:
        """Let others go on with what ``owner`` has in hand, as if it had not been begun. Returns how much it was."""
        mine = update(tables.inbox).where(_OPEN, i.state == "working", i.owner == owner)
        with self._database.begin() as connection:
            return connection.execute(mine.values(state="waiting", attempts=i.attempts - 1, **_FREE)).rowcount

    def waits(self, chat: int) -> bool:
        """Whether anything of this chat is not done yet."""
        with self._database.begin() as connection:
            return bool(_waiting_in(connection, {chat}))

    def counts(self) -> dict[str, int]:
        """State -> how many updates are waiting, worked on, put aside."""
        some = or_(_OPEN, i.state == "poisoned")
        with self._database.begin() as connection:
            rows = connection.execute(select(i.state, func.count().label("n")).where(some).group_by(i.state))
            return {row.state: row.n for row in rows}

    def oldest(self) -> datetime | None:
        """Since when the oldest update waits that is not done."""
        with self._database.begin() as connection:
            return connection.scalar(select(i.received_at).where(_OPEN).order_by(i.update_id).limit(1))

    def purge(self, now: datetime) -> int:
        """Forget the numbers that cannot come again, and what was put aside long ago. Returns how many."""
        old = (i.done_at <= now - KNOWN) & (i.state != "poisoned") | (i.done_at <= now - KEPT_ASIDE)
        with self._database.begin() as connection:
            return connection.execute(delete(tables.inbox).where(old)).rowcount


def put_aside_of(connection: Connection, chat: int) -> list[dict[str, Any]]:
    """What is kept of a chat because it could not be worked on, for ``/mydata``."""
    aside = select(i.received_at, i.payload).where(i.chat == chat, i.done_at.is_not(None))
    return [dict(one) for one in connection.execute(aside).mappings()]


def forget(connection: Connection, chat: int) -> None:
    """Let go of what was put aside of this chat; what waits was said after it asked to be forgotten."""
    aside = update(tables.inbox).where(i.chat == chat, i.done_at.is_not(None))
    connection.execute(aside.values(**_GONE))


def _waiting(connection: Connection) -> int:
    some = select(i.update_id).where(_OPEN).limit(MOST).subquery()
    return connection.scalar(select(func.count()).select_from(some)) or 0


def _waiting_in(connection: Connection, chats: set[int]) -> dict[int, int]:
    rows = select(i.chat, func.count().label("n")).where(_OPEN, i.chat.in_(chats)).group_by(i.chat)
    return {row.chat: row.n for row in connection.execute(rows)}


def _add(connection: Connection, raw: Update, chat: int | None, now: datetime) -> bool:
    """Write the row, of what is too much only the number. Whether it was new."""
    values: dict[str, Any] = {"update_id": raw["update_id"], "chat": chat, "received_at": now, "attempts": 0}
    if chat is None:
        values |= {"state": "dropped", "done_at": now}
    else:
        values |= {"state": "waiting", "payload": dict(raw)}
    return connection.execute(_ADDING[connection.dialect.name], values).first() is not None


@cache  # to build it takes longer than to ask
def _claimable(last_chance: bool) -> Select[Any]:
    """What may be begun: the first of its chat, if nothing of the chat is worked on; or what nobody works on any more."""
    now, far = (bindparam(name, type_=i.lease_until.type) for name in ("now", "far"))
    other = tables.inbox.alias()
    ahead = exists().where(
        other.c.done_at.is_(None),
        other.c.chat == i.chat,
        (other.c.state == "working") | (other.c.update_id < i.update_id),
    )
    set_back = (i.state == "waiting") & (i.lease_until > far)  # the clock was: nobody has put it off so long
    free = i.lease_until.is_(None) | (i.lease_until <= now) | set_back
    ours = i.update_id.in_(bindparam("in_hand", expanding=True))
    query = select(tables.inbox).where(_OPEN, free, ~ours, (i.state == "working") | ~ahead)
    if not last_chance:
        query = query.where(i.attempts < MOST_RUNS - 1)
    query = query.order_by(i.update_id).limit(bindparam("room", type_=Integer))
    return query.with_for_update(skip_locked=True, of=tables.inbox)


def _claim(
    connection: Connection, owner: str, room: int, now: datetime, last_chance: bool, in_hand: Collection[int]
) -> list[Taken]:
    asked = {"now": now, "far": now + PAUSE, "room": room, "in_hand": list(in_hand)}
    found = [dict(one) for one in connection.execute(_claimable(last_chance), asked).mappings()]
    _put_aside(connection, [one for one in found if one["attempts"] >= MOST_RUNS], now)
    last = [one for one in found if one["attempts"] == MOST_RUNS - 1][:1]
    found = [one for one in found if one["attempts"] < MOST_RUNS - 1] + last
    if not found:
        return []
    taken = {"state": "working", "owner": owner, "lease_until": now + LEASE, "attempts": i.attempts + 1}
    ids = [one["update_id"] for one in found]
    begun = func.coalesce(i.draft, literal({}, i.draft.type))
    connection.execute(update(tables.inbox).where(i.update_id.in_(ids)).values(draft=begun, **taken))
    resuming.put_back(connection, [one for one in found if one["draft"] is not None])
    resuming.keep(connection, [one for one in found if one["draft"] is None])
    found.sort(key=lambda one: one["update_id"])
    updates = [one["payload"] for one in found]
    known = spared(connection, lambda: backgrounds(connection, updates, now), "backgrounds could not be read together")
    return [
        Taken(one["update_id"], raw, one["received_at"], one["attempts"] + 1, tuple(one["sent"] or ()), behind)
        for one, raw, behind in zip_longest(found, updates, known or ())
    ]


def _note(connection: Connection, owner: str, sent: Mapping[int, Sequence[int]]) -> None:
    for update_id, messages in sent.items():
        mine = update(tables.inbox).where(i.update_id == update_id, i.owner == owner)
        connection.execute(mine.values(sent=list(messages)))


def _end(connection: Connection, owner: str, ended: Sequence[tuple[int, End]], now: datetime) -> None:
    moment, pause = (literal(now + one, i.lease_until.type) for one in (A_MOMENT, PAUSE))
    soon = case((i.attempts == 1, moment), else_=pause)
    values: dict[End, dict[str, Any]] = {
        End.DONE: {"state": "done", "done_at": now, **_GONE, **_FREE},
        End.AGAIN: {"state": "waiting", "owner": None, "lease_until": now + PAUSE},
        End.SOON: {"state": "waiting", "owner": None, "lease_until": soon},
    }
    for end, changes in values.items():
        if ids := [update_id for update_id, how in ended if how == end]:
            mine = update(tables.inbox).where(i.update_id.in_(ids), i.owner == owner, _OPEN)
            connection.execute(mine.values(**changes))
    if ids := [update_id for update_id, how in ended if how == End.ASIDE]:
        aside = select(tables.inbox).where(i.update_id.in_(ids), i.owner == owner, _OPEN)
        _put_aside(connection, [dict(one) for one in connection.execute(aside).mappings()], now)


def _put_aside(connection: Connection, rows: list[dict[str, Any]], now: datetime) -> None:
    """Nobody tries it any more. Staff are told its number and nothing else, the visitor that we are sorry.

    Who has seen nothing of what it did will say the same again: that must then mean the same.
    """
    resuming.put_back(connection, [one for one in rows if one["draft"] is not None and not one["sent"]])
    for one in rows:
        aside = {"state": "poisoned", "done_at": now, "draft": None, "sent": None, **_FREE}
        connection.execute(update(tables.inbox).where(i.update_id == one["update_id"]).values(**aside))
        reference = str(one["update_id"])
        tell(connection, one["payload"], "sorry", reference, now)
        tell_staff(connection, reference, now)
