"""Who is sending a letter, so that others see when they are gone."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The column."""
    op.add_column("outbox", sa.Column("owner", sa.String(16), nullable=True))
