"""What must reach somebody, what happened, and what partners asked."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text

from bot.store.tables.columns import Moment, metadata

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("subject_id", String(16), nullable=False, index=True),  # a meeting, an inquiry
    Column("actor", String(100), nullable=False),  # visitor, clock, or the member's id: no visitor is named
    Column("was", String(20), nullable=False),
    Column("became", String(20), nullable=False),
    Column("reason", String(500), nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("dedupe_key", String(120), nullable=False, unique=True),
    Column("kind", String(24), nullable=False),
    Column("to", String(8), nullable=False),  # visitor, team, mail
    Column("receiver", String(64), nullable=False),  # a chat's id; of a mail the meeting tells it
    Column("subject_id", String(32), nullable=False),
    Column("details", JSON, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("state", String(8), nullable=False),  # waiting, sending, sent, dropped, failed
    Column("lease_until", Moment),
    Column("attempts", Integer, nullable=False),
    Column("last_error", String(200), nullable=False),
    Column("done_at", Moment),
    Index("outbox_due", "state", "due_at"),
    Index("outbox_of_receiver", "receiver", "state", "due_at"),
    Index("outbox_of_subject", "subject_id"),
)

cards = Table(
    "cards",
    metadata,
    Column("subject_id", String(16), primary_key=True),
    Column("chat_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
)

inquiries = Table(
    "inquiries",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("visitor_id", BigInteger, nullable=False, index=True),
    Column("language", String(8), nullable=False),
    Column("state", String(12), nullable=False),
    Column("version", Integer, nullable=False),
    Column("team_id", String(24), ForeignKey("teams.id"), nullable=False),
    Column("organisation", String(150), nullable=False),
    Column("name", String(100), nullable=False),
    Column("country", String(100), nullable=False),
    Column("about", Text, nullable=False),
    Column("contact", String(254), nullable=False),
    Column("by_when", String(100), nullable=False),
    Column("taken_by", String(100), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
)

remarks = Table(
    "remarks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("inquiry_id", String(16), ForeignKey("inquiries.id"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("by", String(100), nullable=False),
    Column("text", Text, nullable=False),
)
