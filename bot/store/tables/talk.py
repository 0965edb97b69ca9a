"""What conversations leave behind."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, Index, Integer, String, Table, Text

from bot.store.tables.columns import Moment, metadata

settings = Table(
    "settings",
    metadata,
    Column("chat_id", BigInteger, primary_key=True, autoincrement=False),
    Column("language", String(8), nullable=False),
)

turns = Table(
    "turns",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("generation", String(64), nullable=False),
    Column("at", Moment, nullable=False),
    Index("turns_of_chat", "chat_id", "at"),
    Index("turns_by_age", "at"),
)

feedback = Table(
    "feedback",
    metadata,
    Column("answer_id", String(64), primary_key=True),
    Column("chat_id", BigInteger, nullable=False, index=True),
    Column("helpful", Boolean, nullable=False),
    Column("question", Text, nullable=False),
    Column("answer", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("generation", String(64), nullable=False),
    Column("at", Moment, nullable=False),
)

open_questions = Table(
    "open_questions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("question", Text, nullable=False),
    Column("language", String(8), nullable=False),
    Column("asked_on", Date, nullable=False),
)

# The thread of a booking or an inquiry that is being filled in; one a visitor.
drafts = Table(
    "drafts",
    metadata,
    Column("visitor_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), nullable=False),
    Column("step", String(24), nullable=False),
    Column("fields", JSON, nullable=False),
    Column("at", Moment, nullable=False),
)
