"""Telling: what the inbox itself has to say, by the outbox: that it takes a moment, that it is too much, that we are sorry."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from bot.notices import Notice
from bot.store import tables
from bot.store.ledger import post_once, row
from bot.updates import Update, chat_of, waits_in

SPELL = timedelta(minutes=10)  # in which a chat is told once that there is too much


def tell(connection: Connection, raw: Update, kind: str, reference: str, now: datetime) -> None:
    """A word to whoever waits in a private chat, once for each reference."""
    language = waits_in(raw)
    if language is not None:
        details = {"language": language, "reference": reference}
        _post(connection, Notice(kind, "visitor", now, details), chat_of(raw), reference)


def tell_staff(connection: Connection, reference: str, now: datetime) -> None:
    """The number of an update that was put aside, and nothing else, where any team has a chat."""
    if chat := _staff_chat(connection):
        _post(connection, Notice("poison", "team", now, {"reference": reference}), chat, reference)


def spell(now: datetime) -> str:
    """The reference of all that is said within ``SPELL``."""
    return str(int(now.timestamp()) // int(SPELL.total_seconds()))


def _post(connection: Connection, notice: Notice, chat: int, reference: str) -> None:
    key = f"{notice.kind}:{notice.to}:{chat}:{reference}"
    post_once(connection, row(notice, str(chat), reference[:32], key))


def _staff_chat(connection: Connection) -> int:
    """The chat of the first team that takes inquiries, else of the first team; 0 where no team has one."""
    t = tables.teams.c
    teams = connection.execute(select(t.chat_id, t.inquiries).where(t.open, t.chat_id != 0).order_by(t.position)).all()
    return next((team.chat_id for team in teams if team.inquiries), teams[0].chat_id if teams else 0)
