"""What came in, what must reach somebody, what happened, and what partners asked."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, text

from bot.store.tables.columns import Moment, metadata

_OPEN, _DONE, _WORKING = text("done_at IS NULL"), text("done_at IS NOT NULL"), text("state = 'working'")

# Every update of Telegram's, from the moment it was confirmed. What a visitor said goes when it is done; the number stays
# for some days, because the same update may be delivered again.
inbox = Table(
    "inbox",
    metadata,
    Column("update_id", BigInteger, primary_key=True, autoincrement=False),
    Column("chat", BigInteger),  # what stays in order
    Column("received_at", Moment, nullable=False),
    Column("payload", JSON(none_as_null=True)),
    Column("state", String(8), nullable=False),  # waiting, working, done, dropped, poisoned
    Column("attempts", Integer, nullable=False),
    Column("owner", String(16)),  # the process that works on it, until lease_until
    Column("lease_until", Moment),  # of what waits: not before
    Column("draft", JSON(none_as_null=True)),  # what its sender was filling in when work on it began
    Column("sent", JSON(none_as_null=True)),  # the messages that it has sent already
    Column("done_at", Moment),
    # Few rows are open among many that are done: these indexes know only the few.
    Index("inbox_open", "update_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    Index("inbox_of_chat", "chat", "update_id", sqlite_where=_OPEN, postgresql_where=_OPEN),
    # However many processes there are, a chat is answered by one of them at a time.
    Index("inbox_one_at_a_time", "chat", unique=True, sqlite_where=_WORKING, postgresql_where=_WORKING),
    Index("inbox_by_age", "done_at", sqlite_where=_DONE, postgresql_where=_DONE),
)

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
    Column("owner", String(16)),  # the process that sends it
    Column("attempts", Integer, nullable=False),
    Column("last_error", String(200), nullable=False),
    Column("done_at", Moment),
    Index("outbox_due", "state", "due_at"),
    Index("outbox_of_receiver", "receiver", "state", "due_at"),
    Index("outbox_of_subject", "subject_id"),
    Index("outbox_by_age", "done_at"),
    Index("outbox_said", "receiver", "done_at"),
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
