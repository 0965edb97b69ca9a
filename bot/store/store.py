"""Store: what survives, by the words the conversations use. One short transaction a method; safe from any thread.

Time is an argument everywhere. Personal data is as little as possible: turns go after a few hours, questions left
open name nobody, and ``forget`` removes everything that can be found by a chat.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update

from bot.meetings import Limits
from bot.store import inbox, tables, turns
from bot.store.agenda import Agenda
from bot.store.background import Background, backgrounds
from bot.store.changes import Rules
from bot.store.decisions import Decisions
from bot.store.inbox import Inbox
from bot.store.inquiries import Inquiries
from bot.store.outbox import Outbox
from bot.store.people import People
from bot.store.presence import Presence
from bot.store.programme import Pavilion
from bot.store.records import Feedback, OpenQuestion, Turn
from bot.store.requests import Requests
from bot.store.transactions import Database
from bot.store.usage import Usage
from bot.updates import Update

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that is taken for another when read aloud or copied by hand


def new_reference() -> str:
    """Eight characters, of 656 thousand million: nobody finds another's by trying."""
    return "".join(secrets.choice(_LETTERS) for _ in range(8))


class Store:
    """An open database. Synchronous: call it in a thread where an event loop runs."""

    def __init__(self, database: Database, rules: Rules) -> None:
        self._database = database
        self.requests = Requests(database, rules)
        self.decisions = Decisions(database, rules)
        self.agenda = Agenda(database, rules)
        self.pavilion = Pavilion(database)
        self.inquiries = Inquiries(database, rules.new_id)
        self.people = People(database, rules)
        self.presence = Presence(database)
        self.inbox = Inbox(database)
        self.outbox = Outbox(database, self.presence.name)
        self.usage = Usage(database)

    @classmethod
    def open(
        cls,
        url: str,
        limits: Limits | None = None,
        new_id: Callable[[], str] = new_reference,
        *,
        working: bool = False,
    ) -> Store:
        """The store at ``url``, made or migrated where needed. Raises StoreError with the remedy.

        ``new_id`` names meetings and inquiries; people read these names to each other. ``working`` is for who answers
        visitors: on a file there can be one such process, and Store.open refuses the second.
        """
        return cls(Database.open(url, working=working), Rules(limits or Limits(), new_id))

    def close(self) -> None:
        """Give the file back; the store cannot be used afterwards."""
        self.presence.close()
        self._database.close()

    def check(self) -> None:
        """Write something and undo it. Raises StoreError where the database cannot be written."""
        with self._database.begin() as connection:
            connection.execute(insert(tables.settings).values(chat_id=0, language=""))
            connection.rollback()

    def background(self, update: Update, now: datetime) -> Background:
        """What is known behind an update, where it could not be read when it was taken."""
        with self._database.begin() as connection:
            return backgrounds(connection, [update], now)[0]

    def language_of(self, chat_id: int) -> str | None:
        """The language chosen in this chat, or None where the question's decides."""
        with self._database.begin() as connection:
            return connection.scalar(select(tables.settings.c.language).where(tables.settings.c.chat_id == chat_id))

    def choose_language(self, chat_id: int, language: str | None) -> None:
        """Remember the choice; None goes back to "as the question"."""
        with self._database.begin() as connection:
            connection.execute(delete(tables.settings).where(tables.settings.c.chat_id == chat_id))
            if language is not None:
                connection.execute(insert(tables.settings).values(chat_id=chat_id, language=language))

    def recent_turns(self, chat_id: int, since: datetime, limit: int = 3) -> list[Turn]:
        """The chat's last turns after ``since``, oldest first."""
        with self._database.begin() as connection:
            return turns.latest(connection, chat_id, since, limit)

    def remember_turn(self, turn: Turn, *, answered: bool = True) -> None:
        """Keep the turn for follow-ups and for its rating; what was not ``answered`` also as a question left open."""
        with self._database.begin() as connection:
            turns.remember(connection, [(turn, answered)])

    def drop_turns(self, before: datetime) -> int:
        """Delete the turns, of every chat, that are no longer needed. Returns how many there were."""
        with self._database.begin() as connection:
            return connection.execute(delete(tables.turns).where(tables.turns.c.at <= before)).rowcount

    def rate(self, answer_id: str, chat_id: int, helpful: bool, now: datetime) -> bool:
        """Keep a rating, or change it. False where the answer is of another chat or no longer known."""
        rating = {"helpful": helpful, "at": now}
        mine = (tables.feedback.c.answer_id == answer_id) & (tables.feedback.c.chat_id == chat_id)
        answer = select(tables.turns).where(tables.turns.c.id == answer_id, tables.turns.c.chat_id == chat_id)
        with self._database.begin() as connection:
            if connection.execute(update(tables.feedback).where(mine).values(**rating)).rowcount:
                return True
            turn = connection.execute(answer).mappings().first()
            if turn is None:
                return False
            told = {key: turn[key] for key in ("chat_id", "question", "answer", "language", "generation")}
            connection.execute(insert(tables.feedback).values(answer_id=answer_id, **told, **rating))
            return True

    def feedback(self) -> list[Feedback]:
        """Every rating, oldest first."""
        with self._database.begin() as connection:
            rows = connection.execute(select(tables.feedback).order_by(tables.feedback.c.at)).mappings()
            return [Feedback(**row) for row in rows]

    def open_questions(self) -> list[OpenQuestion]:
        """What the knowledge lacked, oldest first."""
        columns = (
            tables.open_questions.c.question,
            tables.open_questions.c.language,
            tables.open_questions.c.asked_on,
        )
        with self._database.begin() as connection:
            rows = connection.execute(select(*columns).order_by(tables.open_questions.c.id)).mappings()
            return [OpenQuestion(**row) for row in rows]

    def data_of(self, chat_id: int) -> dict[str, Any]:
        """Everything that is kept under a private chat, table by table, as it is kept."""
        found: dict[str, Any] = {}
        with self._database.begin() as connection:
            for table in (tables.settings, tables.turns, tables.feedback):
                rows = connection.execute(select(table).where(table.c.chat_id == chat_id)).mappings()
                found[table.name] = [dict(row) for row in rows]
            found["inbox"] = inbox.put_aside_of(connection, chat_id)
        return found | self.people.data_of(chat_id)

    def forget(self, chat_id: int, now: datetime) -> int:
        """Remove everything of a chat: language, turns, ratings, meetings, inquiries. Returns how many meetings fell."""
        with self._database.begin() as connection:
            for table in (tables.settings, tables.turns, tables.feedback):
                connection.execute(delete(table).where(table.c.chat_id == chat_id))
            inbox.forget(connection, chat_id)
        return self.people.forget(chat_id, now)
