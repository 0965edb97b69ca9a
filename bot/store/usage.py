"""Usage: what was used up today, counted so that no cap is passed, however many processes count.

A cap holds because each addition is one statement that adds only where there is room: a compare-and-swap. What a model
may need is added before it is asked, and what it did not need is given back: a process that dies in between has used it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal

from sqlalchemy import Connection, and_, delete, select, true, update

from bot.spending import Caps, Spent
from bot.store import tables
from bot.store.transactions import Database, adding

ALL = ""  # the row of all together
u = tables.usage.c
_count = tables.usage.c["count"]  # u.count is a method


class UsedUp(Exception):
    """The day's share is gone: the visitor's or everybody's."""

    def __init__(self, whose: Literal["visitor", "all"]) -> None:
        super().__init__(whose)
        self.whose = whose


class Usage:
    """The counters of an open database. ``who`` is a visitor's alias of that day; empty: nobody in particular."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(self, day: date, who: str, most: int) -> bool:
        """Count one more. False, and not counted, where there have been ``most`` on that day."""

        def work(connection: Connection) -> bool:
            return _add(connection, day, who, {"count": 1}, {"count": most})

        return self._database.run(work)

    def reserve(self, day: date, who: str, need: Spent, caps: Caps) -> None:
        """Count what a model may need at most. Raises UsedUp, and nothing is counted, where that passes a cap."""
        added = {"tokens": need.tokens, "cost": need.cost}

        def work(connection: Connection) -> None:
            # The row that all want comes last, and is locked for the shortest time.
            if who and not _add(connection, day, who, added, {"tokens": caps.tokens_per_visitor}):
                raise UsedUp("visitor")
            if not _add(connection, day, ALL, added, {"tokens": caps.tokens, "cost": caps.cost}):
                raise UsedUp("all")

        self._database.run(work)

    def settle(self, day: date, who: str, need: Spent, spent: Spent) -> None:
        """Put what was really spent in place of what was reserved."""
        change = {"tokens": u.tokens + spent.tokens - need.tokens, "cost": u.cost + spent.cost - need.cost}

        def work(connection: Connection) -> None:
            for one in dict.fromkeys((who, ALL)):  # in the same order as above: nobody waits for each other
                connection.execute(update(tables.usage).where(u.day == day, u.who == one).values(**change))

        self._database.run(work)

    def spent(self, day: date, who: str = ALL) -> Spent:
        """What models have used up on that day."""
        with self._database.begin() as connection:
            row = connection.execute(select(u.tokens, u.cost).where(u.day == day, u.who == who)).first()
            return Spent(row.tokens, row.cost) if row else Spent()

    def count(self, day: date, who: str) -> int:
        """How many there have been on that day."""
        with self._database.begin() as connection:
            return connection.scalar(select(_count).where(u.day == day, u.who == who)) or 0

    def expire(self, today: date) -> None:
        """Delete the visitors' rows of the days before; what all together used up names nobody and stays."""
        with self._database.begin() as connection:
            connection.execute(delete(tables.usage).where(u.day < today, u.who != ALL))


def _add(connection: Connection, day: date, who: str, added: Mapping[str, int], caps: Mapping[str, int]) -> bool:
    """Add where no cap is passed; a cap of 0 is none. False: nothing was added."""
    set_caps = {name: cap for name, cap in caps.items() if cap}
    if any(added[name] > cap for name, cap in set_caps.items()):
        return False
    room = and_(true(), *(u[name] + added[name] <= cap for name, cap in set_caps.items()))
    new = adding(connection, tables.usage).values(day=day, who=who, **{"count": 0, "tokens": 0, "cost": 0, **added})
    more = {name: u[name] + number for name, number in added.items()}
    new = new.on_conflict_do_update(index_elements=[u.day, u.who], set_=more, where=room)
    return connection.execute(new.returning(u.day)).first() is not None
