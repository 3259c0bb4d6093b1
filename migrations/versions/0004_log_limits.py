"""Logs are cleared without using a number again, and keep so much a day."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("log_streams", sa.Column("cleared_number", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("log_streams", sa.Column("day", postgresql.JSONB(astext_type=sa.Text()), nullable=True))


def downgrade() -> None:
    op.drop_column("log_streams", "day")
    op.drop_column("log_streams", "cleared_number")
