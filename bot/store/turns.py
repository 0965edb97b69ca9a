"""Turns: questions with their answers, kept for a few hours so that a follow-up is understood and can be rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select

from bot.store import tables
from bot.store.records import Turn

t = tables.turns.c
# Built once, because building takes longer than asking.
_LATEST = (
    select(tables.turns)
    .where(t.chat_id == bindparam("chat"), t.at > bindparam("since"))
    .order_by(t.at.desc())
    .limit(bindparam("most"))
)
_NEW, _LEFT_OPEN = insert(tables.turns), insert(tables.open_questions)


def latest(connection: Connection, chat: int, since: datetime, most: int) -> list[Turn]:
    """The chat's last turns after ``since``, oldest first."""
    rows = connection.execute(_LATEST, {"chat": chat, "since": since, "most": most}).mappings()
    return [Turn(**row) for row in rows][::-1]


def remember(connection: Connection, turns: Sequence[tuple[Turn, bool]]) -> None:
    """Keep the turns; those that were not answered also as questions left open, without who asked them."""
    connection.execute(_NEW, [asdict(turn) for turn, _ in turns])
    left_open = [
        {"question": turn.question, "language": turn.language, "asked_on": turn.at.date()}
        for turn, answered in turns
        if not answered
    ]
    if left_open:
        connection.execute(_LEFT_OPEN, left_open)
