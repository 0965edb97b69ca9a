"""What came in, so that it is not lost; and how much was said lately, so that nobody is told too much at once."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OPEN, DONE, WORKING = sa.text("done_at IS NULL"), sa.text("done_at IS NOT NULL"), sa.text("state = 'working'")


def upgrade() -> None:
    """The table, and two more ways into the outbox."""
    op.create_table(
        "inbox",
        sa.Column("update_id", sa.BigInteger(), autoincrement=False, primary_key=True),
        sa.Column("chat", sa.BigInteger(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=True),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("owner", sa.String(16), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("draft", sa.JSON(), nullable=True),
        sa.Column("sent", sa.JSON(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
    )
    op.create_index("inbox_open", "inbox", ["update_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("inbox_of_chat", "inbox", ["chat", "update_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index(
        "inbox_one_at_a_time", "inbox", ["chat"], unique=True, sqlite_where=WORKING, postgresql_where=WORKING
    )
    op.create_index("inbox_by_age", "inbox", ["done_at"], sqlite_where=DONE, postgresql_where=DONE)
    op.create_index("outbox_by_age", "outbox", ["done_at"])
    op.create_index("outbox_said", "outbox", ["receiver", "done_at"])
