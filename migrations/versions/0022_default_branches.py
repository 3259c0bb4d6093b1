"""The default branch that a project follows because nobody named another."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("github_connections", sa.Column("default_branch", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("github_connections", "default_branch")
