"""Which role the list gave to somebody whom it let in."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("github_admissions", sa.Column("role", sa.Text(), nullable=True))
    op.execute(
        "UPDATE github_admissions a SET role = coalesce((SELECT m.role FROM memberships m"
        " WHERE m.team_id = a.team_id AND m.user_id = a.user_id), 'viewer')"
    )
    op.alter_column("github_admissions", "role", nullable=False)


def downgrade() -> None:
    op.drop_column("github_admissions", "role")
