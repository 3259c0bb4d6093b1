"""Environments that go: their rows say so until everything of them is gone."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("environments", sa.Column("status", sa.Text(), server_default="active", nullable=False))
    op.create_check_constraint(op.f("ck_environments_status"), "environments", "status IN ('active', 'deleting')")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_environments_status"), "environments")
    op.drop_column("environments", "status")
