"""Background: what is known of a chat and of who writes in it, read with what they wrote.

Nearly every update needs it a moment later. Read for all that are taken at once, in the transaction that takes them, it
costs no further way into the database. It stays true while the update is in hand: a chat's updates are worked on one by
one, and nobody else changes what is read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, select

from bot.meetings import Team
from bot.store import tables
from bot.store.people import Draft
from bot.store.records import REMEMBERED, Turn
from bot.store.rows import team_of
from bot.store.turns import latest
from bot.updates import Update, chat_of, sender_of

TURNS = 3

_settings, _drafts, _visitors, _teams = tables.settings.c, tables.drafts.c, tables.visitors.c, tables.teams.c
# Built once, because building takes longer than asking.
_CHOSEN = select(_settings.chat_id, _settings.language).where(_settings.chat_id.in_(bindparam("chats", expanding=True)))
_FILLING_IN = select(tables.drafts).where(_drafts.visitor_id.in_(bindparam("people", expanding=True)))
_UNREACHABLE = select(_visitors.id).where(_visitors.id.in_(bindparam("people", expanding=True)), _visitors.unreachable)
_OPEN = select(tables.teams).where(_teams.open).order_by(_teams.position, _teams.id)


@dataclass(frozen=True)
class Background:
    """Of the chat its language, where one was chosen, and its last turns, oldest first; of the person the rest."""

    language: str | None = None
    turns: tuple[Turn, ...] = ()
    draft: Draft | None = None  # what they are filling in
    unreachable: bool = False  # as far as was known before they wrote
    teams: tuple[Team, ...] = ()  # whom anybody can meet, in the order of the file


def backgrounds(connection: Connection, updates: Sequence[Update], now: datetime) -> list[Background]:
    """What is known behind each of ``updates``."""
    chats, people = [chat_of(update) for update in updates], [sender_of(update) for update in updates]
    chosen = {row.chat_id: row.language for row in connection.execute(_CHOSEN, {"chats": chats})}
    drafts = connection.execute(_FILLING_IN, {"people": people}).mappings()
    filling_in = {row["visitor_id"]: Draft(**row) for row in drafts}
    unreachable = set(connection.scalars(_UNREACHABLE, {"people": people}))
    teams = tuple(team_of(row) for row in connection.execute(_OPEN).mappings())
    return [
        Background(
            chosen.get(chat),
            tuple(latest(connection, chat, now - REMEMBERED, TURNS)),
            filling_in.get(person),
            person in unreachable,
            teams,
        )
        for chat, person in zip(chats, people, strict=True)
    ]
