"""Store: what survives, by the words the conversations use. One short transaction a method; safe from any thread.

Time is an argument everywhere. Personal data is as little as possible: turns go after a few hours, questions left
open name nobody, and ``forget`` removes everything that can be found by a chat.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import DatabaseError

from bot.store import tables
from bot.store.database import connect, told
from bot.store.records import Feedback, OpenQuestion, Turn


class Store:
    """An open database. Synchronous: call it in a thread where an event loop runs."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str) -> Store:
        """The store at ``url``, made or migrated where needed. Raises StoreError with the remedy."""
        return cls(connect(url))

    def close(self) -> None:
        """Give the file back; the store cannot be used afterwards."""
        self._engine.dispose()

    def language_of(self, chat_id: int) -> str | None:
        """The language chosen in this chat, or None where the question's decides."""
        with self._begin() as connection:
            return connection.scalar(select(tables.settings.c.language).where(tables.settings.c.chat_id == chat_id))

    def choose_language(self, chat_id: int, language: str | None) -> None:
        """Remember the choice; None goes back to "as the question"."""
        with self._begin() as connection:
            connection.execute(delete(tables.settings).where(tables.settings.c.chat_id == chat_id))
            if language is not None:
                connection.execute(insert(tables.settings).values(chat_id=chat_id, language=language))

    def recent_turns(self, chat_id: int, since: datetime, limit: int = 3) -> list[Turn]:
        """The chat's last turns after ``since``, oldest first."""
        latest = (
            select(tables.turns)
            .where(tables.turns.c.chat_id == chat_id, tables.turns.c.at > since)
            .order_by(tables.turns.c.at.desc())
            .limit(limit)
        )
        with self._begin() as connection:
            return [Turn(**row) for row in connection.execute(latest).mappings()][::-1]

    def remember_turn(self, turn: Turn) -> None:
        """Keep the turn for follow-ups and for its rating."""
        with self._begin() as connection:
            connection.execute(insert(tables.turns).values(**asdict(turn)))

    def drop_turns(self, before: datetime) -> int:
        """Delete the turns, of every chat, that are no longer needed. Returns how many there were."""
        with self._begin() as connection:
            return connection.execute(delete(tables.turns).where(tables.turns.c.at <= before)).rowcount

    def rate(self, answer_id: str, chat_id: int, helpful: bool, now: datetime) -> bool:
        """Keep a rating, or change it. False where the answer is of another chat or no longer known."""
        rating = {"helpful": helpful, "at": now}
        mine = (tables.feedback.c.answer_id == answer_id) & (tables.feedback.c.chat_id == chat_id)
        answer = select(tables.turns).where(tables.turns.c.id == answer_id, tables.turns.c.chat_id == chat_id)
        with self._begin() as connection:
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
        with self._begin() as connection:
            rows = connection.execute(select(tables.feedback).order_by(tables.feedback.c.at)).mappings()
            return [Feedback(**row) for row in rows]

    def leave_open(self, question: str, language: str, today: date) -> None:
        """Keep a question that the knowledge could not answer, without who asked it."""
        with self._begin() as connection:
            row = {"question": question, "language": language, "asked_on": today}
            connection.execute(insert(tables.open_questions).values(**row))

    def open_questions(self) -> list[OpenQuestion]:
        """What the knowledge lacked, oldest first."""
        columns = (
            tables.open_questions.c.question,
            tables.open_questions.c.language,
            tables.open_questions.c.asked_on,
        )
        with self._begin() as connection:
            rows = connection.execute(select(*columns).order_by(tables.open_questions.c.id)).mappings()
            return [OpenQuestion(**row) for row in rows]

    def forget(self, chat_id: int) -> None:
        """Remove everything of a chat: its language, its turns, its ratings."""
        with self._begin() as connection:
            for table in (tables.settings, tables.turns, tables.feedback):
                connection.execute(delete(table).where(table.c.chat_id == chat_id))

    @contextmanager
    def _begin(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except DatabaseError as error:
            raise told(error, self._engine.url) from error
