"""Pavilion: what can be booked, and whom to meet.

Staff keep it in a file and import it; closing a time is all they change here by hand.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select, update

from bot.meetings import Member, Slot, Team
from bot.office.programme import Programme
from bot.store import tables
from bot.store.imports import Changes, Count, Promised, Promises, WouldBreak, alone, change, put, readdress
from bot.store.reading import is_active, m, s, t
from bot.store.rows import member_of, slot_of, team_of
from bot.store.transactions import Database

__all__ = ["Changes", "Count", "Pavilion", "Promised", "WouldBreak"]


class Pavilion:
    """Teams, members and slots of an open database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, programme: Programme, now: datetime, *, reopen: bool = False) -> Changes:
        """Make ``programme`` what can be booked. Raises WouldBreak, having changed nothing.

        A slot that was closed by hand stays closed unless ``reopen``: the file does not know why it was.
        """
        return self._database.run(lambda connection: put(connection, programme, now, reopen))

    def close(self, team_id: str | None, start: datetime, end: datetime, now: datetime) -> list[Slot]:
        """Take no more requests for the slots, of one team or all, that touch this time. Raises WouldBreak."""

        def work(connection: Connection) -> list[Slot]:
            alone(connection)
            query = select(tables.slots).where(s.open, s.starts_at < end, s.ends_at > start)
            if team_id is not None:
                query = query.where(s.team_id == team_id)
            rows = [dict(row) for row in connection.execute(query).mappings()]
            promised = Promises(connection, now)
            if wrong := [one for row in rows for one in promised.live(row, "its time is to be closed")]:
                raise WouldBreak(wrong)
            change(connection, tables.slots, {row["id"]: {"open": False} for row in rows})
            closed = [slot_of(row | {"open": False}) for row in rows]
            return sorted(closed, key=lambda slot: (slot.starts_at, slot.team_id, slot.place))

        return self._database.run(work)

    def moved(self, old_chat: int, new_chat: int) -> None:
        """A group became a supergroup: its teams are there now, and whoever presses a button there is in their chat."""

        def work(connection: Connection) -> None:
            readdress(connection, new_chat, t.chat_id == old_chat)
            connection.execute(update(tables.teams).where(t.chat_id == old_chat).values(chat_id=new_chat))

        self._database.run(work)

    def teams(self, *, closed: bool = False) -> list[Team]:
        """The teams in the order of the file; ``closed`` adds those that take no meetings any more."""
        query = select(tables.teams).order_by(t.open.desc(), t.position, t.id)
        with self._database.begin() as connection:
            return [team_of(row) for row in connection.execute(query).mappings() if closed or row["open"]]

    def team(self, team_id: str) -> Team | None:
        """The team, open or closed."""
        with self._database.begin() as connection:
            row = connection.execute(select(tables.teams).where(t.id == team_id)).mappings().first()
            return team_of(row) if row else None

    def members(self, team_id: str | None = None) -> list[Member]:
        """The members of a team; without one all there ever were, those who left having no teams."""
        query = select(tables.members).order_by(tables.members.c.name, tables.members.c.id)
        with self._database.begin() as connection:
            found = [member_of(row) for row in connection.execute(query).mappings()]
        return [member for member in found if team_id is None or team_id in member.teams]

    def member_by_telegram(self, telegram_id: int) -> Member | None:
        """The member with this account; None is nobody of the staff."""
        query = select(tables.members).where(tables.members.c.telegram_id == telegram_id)
        with self._database.begin() as connection:
            row = connection.execute(query).mappings().first()
            return member_of(row) if row else None

    def slots(
        self, team_id: str | None = None, since: datetime | None = None, until: datetime | None = None
    ) -> list[Slot]:
        """The slots that begin in ``[since, until)``, open and closed, earliest first."""
        query = select(tables.slots).order_by(s.starts_at, s.team_id, s.place)
        if team_id is not None:
            query = query.where(s.team_id == team_id)
        if since is not None:
            query = query.where(s.starts_at >= since)
        if until is not None:
            query = query.where(s.starts_at < until)
        with self._database.begin() as connection:
            return [slot_of(row) for row in connection.execute(query).mappings()]

    def seats_in_use(self) -> dict[int, int]:
        """How many seats of each slot are taken; slots without any are not there."""
        query = select(m.slot_id, func.count()).where(is_active).group_by(m.slot_id)
        with self._database.begin() as connection:
            return dict(connection.execute(query).all())

    def whole(self) -> Programme:
        """All that can be booked, as a file would say it. Importing it changes nothing."""
        teams = self.teams()
        known = {team.id for team in teams}
        slots = tuple(slot for slot in self.slots() if slot.team_id in known)
        return Programme(tuple(teams), tuple(member for member in self.members() if member.teams), slots)
