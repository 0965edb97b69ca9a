"""What a change leaves behind in its own transaction: a line in the audit, and what must reach somebody."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.meetings import Meeting, Status, Team
from bot.notices import REMINDERS, Notice, notices
from bot.store import tables
from bot.store.transactions import adding

_LINE, _ROW = insert(tables.audit), insert(tables.outbox)  # built once
_PASSING = [*REMINDERS, "nudge"]  # true only as long as the meeting stays as it is


def record(connection: Connection, meeting: Meeting, team: Team, was: Status | None, actor: str, now: datetime) -> None:
    """Write down that ``meeting`` came from ``was`` into its state, and tell whom it concerns."""
    line = {"at": now, "subject_id": meeting.id, "actor": actor, "was": was or "", "became": meeting.status}
    connection.execute(_LINE, {**line, "reason": meeting.reason})
    if was is not None and was != Status.HELD:
        drop(connection, meeting.id, _PASSING, now)
    post(connection, [letter(notice, meeting, team) for notice in notices(meeting, now, was)])


def drop(connection: Connection, subject_id: str, kinds: list[str], now: datetime) -> None:
    """What was to be said about a meeting, and is not true any more. Also what is on its way, lest it be tried again."""
    o = tables.outbox.c
    standing = (o.subject_id == subject_id) & o.state.in_(["waiting", "sending"]) & o.kind.in_(kinds)
    gone = {"state": "dropped", "lease_until": None, "last_error": "superseded", "done_at": now}
    connection.execute(update(tables.outbox).where(standing).values(**gone))


def letter(notice: Notice, meeting: Meeting, team: Team, *, key: str = "") -> dict[str, Any]:
    """The row for a notice about a meeting. Its key lets it be written only once, however often it is tried."""
    receiver = {"visitor": str(meeting.visitor_id), "team": str(team.chat_id), "mail": ""}[notice.to]
    key = key or f"v{meeting.version}"
    due = notice.due_at.isoformat() if notice.kind == "nudge" else ""
    return row(notice, receiver, meeting.id, f"{notice.kind}:{notice.to}:{meeting.id}:{key}:{due}")


def row(notice: Notice, receiver: str, subject_id: str, key: str) -> dict[str, Any]:
    """The row for any notice."""
    return {
        "dedupe_key": key,
        "kind": notice.kind,
        "to": notice.to,
        "receiver": receiver,
        "subject_id": subject_id,
        "details": notice.details,
        "due_at": notice.due_at,
        "state": "waiting",
        "attempts": 0,
        "last_error": "",
    }


def post_once(connection: Connection, one: dict[str, Any]) -> bool:
    """Put a row into the outbox unless its key is known. Returns whether it was new."""
    new = adding(connection, tables.outbox).values(**one).on_conflict_do_nothing()
    return connection.execute(new.returning(tables.outbox.c.id)).first() is not None


def post(connection: Connection, rows: list[dict[str, Any]]) -> None:
    """Put rows into the outbox."""
    if rows:
        connection.execute(_ROW, rows)
