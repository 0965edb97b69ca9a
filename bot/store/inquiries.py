"""Inquiries: kept, routed, taken, answered, closed. The same compare-and-swap as with meetings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from bot.inquiries import FIELDS, LONGEST, STANDING, TRANSITIONS, Inquiry, Kind, Remark, State, Step, missing
from bot.meetings import Member, Reason, Refused, Team
from bot.notices import Notice
from bot.store import tables
from bot.store.ledger import post, row
from bot.store.limits import lock_visitor
from bot.store.rows import member_of, team_of
from bot.store.transactions import Database

i = tables.inquiries.c
OPEN_AT_ONCE = 5  # inquiries of one visitor that nobody has closed yet
A_DAY = 10  # inquiries of one visitor: each is a card in the desk's chat, also when it is withdrawn at once
ADDED_AN_HOUR = 20  # remarks of a visitor: each rings there


class Inquiries:
    """The inquiries of an open database."""

    def __init__(self, database: Database, new_id: Callable[[], str]) -> None:
        self._database = database
        self._new_id = new_id

    def send(self, kind: Kind, fields: dict[str, str], visitor_id: int, language: str, now: datetime) -> Inquiry:
        """Keep an inquiry and bring it to the desk for its kind. Raises Refused.

        Sending the very same again finds the one that is there.
        """
        if missing(fields):
            raise Refused(Reason.INCOMPLETE)
        said = {name: fields.get(name, "").strip()[: LONGEST[name]] for name in FIELDS}

        def work(connection: Connection) -> Inquiry:
            lock_visitor(connection, visitor_id, now)
            c = tables.consents.c
            agreed = select(c.at).where(c.visitor_id == visitor_id, c.kind == "inquiry")
            if connection.execute(agreed).first() is None:
                raise Refused(Reason.NO_CONSENT)
            known = _several(connection, i.visitor_id == visitor_id)
            mine = [one for one in known if one.state in STANDING]
            for one in mine:
                if one.kind == kind and one.about == said["about"]:
                    return one
            if len(mine) >= OPEN_AT_ONCE:
                raise Refused(Reason.TOO_MANY)
            if sum(one.created_at > now - timedelta(days=1) for one in known) >= A_DAY:
                raise Refused(Reason.DAY_FULL)
            team = desk_for(connection, kind)
            values: dict[str, Any] = {
                "id": self._new_id(),
                "kind": kind,
                "visitor_id": visitor_id,
                "language": language,
                **said,
            }
            state = {"state": State.OPEN, "version": 1, "team_id": team.id, "taken_by": ""}
            connection.execute(insert(tables.inquiries).values(created_at=now, changed_at=now, **values, **state))
            inquiry = _find(connection, values["id"])
            _record(connection, inquiry, team, "", "visitor", now)
            _tell(connection, inquiry, "inquiry_received", "visitor", now)
            return inquiry

        return self._database.run(work)

    def add(self, inquiry_id: str, visitor_id: int, text: str, now: datetime) -> Inquiry:
        """The visitor says more. Raises Refused. The very same said again at once is said once."""
        return self._by_visitor(inquiry_id, visitor_id, Step.ADD, now, text)

    def withdraw(self, inquiry_id: str, visitor_id: int, now: datetime) -> Inquiry:
        """The visitor takes it back. Raises Refused."""
        return self._by_visitor(inquiry_id, visitor_id, Step.WITHDRAW, now, "")

    def done(self, inquiry_id: str, visitor_id: int, now: datetime) -> Inquiry:
        """The answer was enough for the visitor. Raises Refused."""
        return self._by_visitor(inquiry_id, visitor_id, Step.CLOSE, now, "")

    def take(self, inquiry_id: str, version: int, by: int, now: datetime) -> Inquiry:
        """A member of the desk sees to it. Raises Refused."""
        return self._by_staff(inquiry_id, version, by, Step.TAKE, now, "")

    def answer(self, inquiry_id: str, version: int, by: int, text: str, now: datetime) -> Inquiry:
        """Answer the visitor through the bot. Raises Refused."""
        return self._by_staff(inquiry_id, version, by, Step.ANSWER, now, text)

    def close(self, inquiry_id: str, version: int, by: int, now: datetime) -> Inquiry:
        """Nothing more is owed. Raises Refused."""
        return self._by_staff(inquiry_id, version, by, Step.CLOSE, now, "")

    def inquiry(self, inquiry_id: str) -> Inquiry:
        """The inquiry. Raises Refused(UNKNOWN)."""
        with self._database.begin() as connection:
            return _find(connection, inquiry_id)

    def of_visitor(self, visitor_id: int) -> list[Inquiry]:
        """The visitor's inquiries, oldest first."""
        with self._database.begin() as connection:
            return _several(connection, i.visitor_id == visitor_id)

    def open_for(self, team_ids: list[str]) -> list[Inquiry]:
        """What waits for these desks, oldest first."""
        with self._database.begin() as connection:
            return _several(connection, i.team_id.in_(team_ids), i.state.in_([State.OPEN, State.TAKEN]))

    def remarks(self, inquiry_id: str) -> list[Remark]:
        """What was said about it, oldest first."""
        r = tables.remarks.c
        query = select(r.at, r.by, r.text).where(r.inquiry_id == inquiry_id).order_by(r.id)
        with self._database.begin() as connection:
            return [Remark(**one) for one in connection.execute(query).mappings()]

    def every(self) -> list[Inquiry]:
        """All inquiries, oldest first."""
        with self._database.begin() as connection:
            return _several(connection)

    def _by_visitor(self, inquiry_id: str, visitor_id: int, step: Step, now: datetime, text: str) -> Inquiry:
        def work(connection: Connection) -> Inquiry:
            inquiry = _find(connection, inquiry_id)
            if inquiry.visitor_id != visitor_id:
                raise Refused(Reason.NOT_YOURS)
            if step == Step.ADD and _just_said(connection, inquiry_id, "visitor", text):
                return inquiry
            if step == Step.ADD and _added(connection, visitor_id, now - timedelta(hours=1)) >= ADDED_AN_HOUR:
                raise Refused(Reason.DAY_FULL)
            moved = _move(connection, inquiry, step, "visitor", now)
            _remark(connection, inquiry_id, "visitor", text, now)
            team = _team(connection, moved.team_id)
            _record(connection, moved, team, inquiry.state, "visitor", now)
            if step == Step.ADD:  # a card that changes far above in the chat is seen by nobody
                bell = Notice("inquiry_added", "team", now)
                post(connection, [row(bell, str(team.chat_id), moved.id, f"inquiry_added:{moved.id}:v{moved.version}")])
            return moved

        return self._database.run(work)

    def _by_staff(self, inquiry_id: str, version: int, by: int, step: Step, now: datetime, text: str) -> Inquiry:
        def work(connection: Connection) -> Inquiry:
            inquiry, staff = _find(connection, inquiry_id), _staff(connection, by)
            if inquiry.team_id not in staff.teams:
                raise Refused(Reason.NOT_YOURS)
            if step == Step.ANSWER and _just_said(connection, inquiry_id, staff.name, text):
                return inquiry
            if inquiry.version != version:
                raise Refused(Reason.CHANGED)
            moved = _move(connection, inquiry, step, "staff", now, taken_by=staff.name)
            _remark(connection, inquiry_id, staff.name, text, now)
            _record(connection, moved, _team(connection, moved.team_id), inquiry.state, staff.id, now)
            if step == Step.ANSWER:
                _tell(connection, moved, "inquiry_answer", "visitor", now, text=text, by=staff.name)
            elif step == Step.CLOSE:
                _tell(connection, moved, "inquiry_closed", "visitor", now)
            return moved

        return self._database.run(work)


def desk_for(connection: Connection, kind: Kind) -> Team:
    """The first team that takes inquiries of this kind, else of the kind "other". Raises Refused(UNKNOWN)."""
    query = select(tables.teams).where(tables.teams.c.open).order_by(tables.teams.c.position)
    teams = [team_of(one) for one in connection.execute(query).mappings()]
    for wanted in (kind, Kind.OTHER):
        for team in teams:
            if wanted in team.inquiries:
                return team
    raise Refused(Reason.UNKNOWN)


def _move(connection: Connection, inquiry: Inquiry, step: Step, actor: str, now: datetime, **changes: Any) -> Inquiry:
    state = TRANSITIONS.get((inquiry.state, step, actor))
    if state is None:
        raise Refused(Reason.CHANGED)
    changes |= {"state": state, "version": inquiry.version + 1, "changed_at": now}
    same = (i.id == inquiry.id) & (i.version == inquiry.version)
    if connection.execute(update(tables.inquiries).where(same).values(**changes)).rowcount != 1:
        raise Refused(Reason.CHANGED)
    return replace(inquiry, **changes)


def _find(connection: Connection, inquiry_id: str) -> Inquiry:
    found = _several(connection, i.id == inquiry_id)
    if not found:
        raise Refused(Reason.UNKNOWN)
    return found[0]


def _several(connection: Connection, *conditions: Any) -> list[Inquiry]:
    query = select(tables.inquiries).where(*conditions).order_by(i.created_at, i.id)
    return [
        Inquiry(**{**one, "kind": Kind(one["kind"]), "state": State(one["state"])})
        for one in connection.execute(query).mappings()
    ]


def _staff(connection: Connection, telegram_id: int) -> Member:
    query = select(tables.members).where(tables.members.c.telegram_id == telegram_id)
    found = connection.execute(query).mappings().first()
    if found is None:
        raise Refused(Reason.NOT_YOURS)
    return member_of(found)


def _team(connection: Connection, team_id: str) -> Team:
    return team_of(connection.execute(select(tables.teams).where(tables.teams.c.id == team_id)).mappings().one())


def _just_said(connection: Connection, inquiry_id: str, by: str, text: str) -> bool:
    """Whether this is the last thing said: an update that comes again after a restart says nothing new."""
    r = tables.remarks.c
    last = select(r.by, r.text).where(r.inquiry_id == inquiry_id).order_by(r.id.desc()).limit(1)
    found = connection.execute(last).first()
    return found is not None and (found.by, found.text) == (by, text.strip()[:4000])


def _added(connection: Connection, visitor_id: int, since: datetime) -> int:
    """How often the visitor has said more since then, about any inquiry."""
    r = tables.remarks.c
    query = select(func.count()).select_from(tables.remarks).join(tables.inquiries, i.id == r.inquiry_id)
    return connection.scalar(query.where(i.visitor_id == visitor_id, r.by == "visitor", r.at > since)) or 0


def _remark(connection: Connection, inquiry_id: str, by: str, text: str, now: datetime) -> None:
    if text.strip():
        said = {"inquiry_id": inquiry_id, "at": now, "by": by, "text": text.strip()[:4000]}
        connection.execute(insert(tables.remarks).values(**said))


def _record(connection: Connection, inquiry: Inquiry, team: Team, was: str, actor: str, now: datetime) -> None:
    line = {"at": now, "subject_id": inquiry.id, "actor": actor, "was": was, "became": inquiry.state, "reason": ""}
    connection.execute(insert(tables.audit).values(**line))
    card = Notice("inquiry_card", "team", now)
    post(connection, [row(card, str(team.chat_id), inquiry.id, f"inquiry_card:{inquiry.id}:v{inquiry.version}")])


def _tell(connection: Connection, inquiry: Inquiry, kind: str, to: str, now: datetime, **details: str) -> None:
    key = f"{kind}:{inquiry.id}:v{inquiry.version}"
    post(connection, [row(Notice(kind, to, now, details), str(inquiry.visitor_id), inquiry.id, key)])
