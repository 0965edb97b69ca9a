"""What can be booked, and what is: the guards against double booking are the keys and indexes here."""

from __future__ import annotations

from sqlalchemy import JSON, BigInteger, Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, text

from bot.store.tables.columns import Moment, metadata

_ACTIVE = "status IN ('held', 'requested', 'countered', 'confirmed')"
_WAITING = "status IN ('requested', 'countered')"
_HELD = "status = 'held'"

teams = Table(
    "teams",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("names", JSON, nullable=False),
    Column("entity", String(64), nullable=False),
    Column("chat_id", BigInteger, nullable=False),
    Column("notice", Integer, nullable=False),  # minutes
    Column("horizon", Integer, nullable=False),  # days
    Column("inquiries", JSON, nullable=False),
    Column("fictional", Boolean, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("open", Boolean, nullable=False),  # closed teams keep their meetings, but take no new ones
)

members = Table(
    "members",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("name", String(100), nullable=False),
    Column("teams", JSON, nullable=False),
    Column("telegram_id", BigInteger, unique=True),
    Column("language", String(8), nullable=False),
)

slots = Table(
    "slots",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team_id", String(24), ForeignKey("teams.id"), nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column("ends_at", Moment, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("place", String(100), nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("before", Integer, nullable=False),  # minutes
    Column("after", Integer, nullable=False),
    Column("open", Boolean, nullable=False),
    Index("one_slot_a_time", "team_id", "starts_at", "place", unique=True),
)

# The people who book and inquire, as far as the bot has to know them. A private chat has the id of its person.
visitors = Table(
    "visitors",
    metadata,
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("zone", String(64), nullable=False),
    Column("blocked_until", Moment),
    Column("unreachable", Boolean, nullable=False),
)

consents = Table(
    "consents",
    metadata,
    Column("visitor_id", BigInteger, primary_key=True, autoincrement=False),
    Column("kind", String(16), primary_key=True),
    Column("text_version", String(16), primary_key=True),
    Column("language", String(8), nullable=False),
    Column("at", Moment, nullable=False),
)

meetings = Table(
    "meetings",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("root_id", String(16), nullable=False),
    Column("replaces_id", String(16), ForeignKey("meetings.id")),
    Column("slot_id", Integer, ForeignKey("slots.id"), nullable=False),
    Column("seat", Integer, nullable=False),
    Column("visitor_id", BigInteger, nullable=False),
    Column("member_id", String(24), ForeignKey("members.id")),
    Column("status", String(20), nullable=False),
    Column("version", Integer, nullable=False),
    Column("language", String(8), nullable=False),
    Column("name", String(100), nullable=False),
    Column("organisation", String(150), nullable=False),
    Column("topic", String(500), nullable=False),
    Column("email", String(254), nullable=False),
    Column("hold_until", Moment),
    Column("answer_by", Moment),
    Column("reason", String(500), nullable=False),
    Column("decided_by", String(100), nullable=False),
    Column("decided_at", Moment),
    Column("sequence", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("requested_at", Moment),
    # Partial indexes also fire on an UPDATE into an active state: that is where others leak, at the approval.
    Index(
        "one_meeting_a_seat", "slot_id", "seat", unique=True, sqlite_where=text(_ACTIVE), postgresql_where=text(_ACTIVE)
    ),
    Index(
        "one_seat_a_visitor",
        "slot_id",
        "visitor_id",
        unique=True,
        sqlite_where=text(_ACTIVE),
        postgresql_where=text(_ACTIVE),
    ),
    Index("one_time_instead", "replaces_id", unique=True, sqlite_where=text(_ACTIVE), postgresql_where=text(_ACTIVE)),
    Index("meetings_of_visitor", "visitor_id", "requested_at"),
    Index("meetings_by_hold", "hold_until", sqlite_where=text(_HELD), postgresql_where=text(_HELD)),
    Index(
        "meetings_by_answer",
        "answer_by",
        sqlite_where=text(_WAITING),
        postgresql_where=text(_WAITING),
    ),
    Index("meetings_of_chain", "root_id"),
)

# The overlap guard: whoever (visitor, member) or whatever (place) is busy, a row for each five minutes. The key makes
# the collision. One holder may come twice: a chain of rescheduled meetings, or the seats of one group meeting.
occupancy = Table(
    "occupancy",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("rid", String(100), primary_key=True),
    Column("bucket", Integer, primary_key=True, autoincrement=False),
    Column("holder", String(24), nullable=False),
    Index("occupancy_by_holder", "holder"),
    sqlite_with_rowid=False,
)

waitlist = Table(
    "waitlist",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("team_id", String(24), ForeignKey("teams.id"), nullable=False),
    Column("day", Date, nullable=False),  # of the venue
    Column("visitor_id", BigInteger, nullable=False),
    Column("language", String(8), nullable=False),
    Column("state", String(10), nullable=False),  # waiting, offered, accepted, lapsed, left
    Column("meeting_id", String(16)),  # the held seat, once one is offered
    Column("at", Moment, nullable=False),
    Index(
        "one_wait_a_day",
        "team_id",
        "day",
        "visitor_id",
        unique=True,
        sqlite_where=text("state IN ('waiting', 'offered')"),
        postgresql_where=text("state IN ('waiting', 'offered')"),
    ),
)
