"""The tag that production was judged at last, where it follows tags."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("github_tracks", sa.Column("tag", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("github_tracks", "tag")
