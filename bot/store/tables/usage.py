"""What was used up on a day."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Integer, String, Table

from bot.store.tables.columns import metadata

# A row for all together (who is empty), and one a visitor under an alias that only that day knows.
usage = Table(
    "usage",
    metadata,
    Column("day", Date, primary_key=True),
    Column("who", String(32), primary_key=True),
    Column("count", Integer, nullable=False),  # questions, or whatever else the alias is made for
    Column("tokens", BigInteger, nullable=False),  # of the language model, in and out
    Column("cost", BigInteger, nullable=False),  # millionths
)
