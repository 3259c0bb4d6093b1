"""Projects have settings, and deployments keep those that they were made with beside their plan."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    json = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("projects", sa.Column("settings", json, server_default="{}", nullable=False))
    op.add_column("deployments", sa.Column("settings", json, server_default="{}", nullable=False))
    op.add_column("deployments", sa.Column("plan", json, nullable=True))


def downgrade() -> None:
    op.drop_column("deployments", "plan")
    op.drop_column("deployments", "settings")
    op.drop_column("projects", "settings")
