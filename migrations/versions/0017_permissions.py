"""What an installation of a GitHub App was granted."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("github_installations", sa.Column("permissions", JSONB(), nullable=True))


def downgrade() -> None:
    op.drop_column("github_installations", "permissions")
