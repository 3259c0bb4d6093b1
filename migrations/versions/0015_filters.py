"""What holds a project's pushes back, and the commit of a track that is not built."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("github_connections", sa.Column("filters", JSONB(), server_default="{}", nullable=False))
    op.add_column("github_tracks", sa.Column("built", sa.Text(), nullable=True))
    op.add_column("github_tracks", sa.Column("anyway", sa.Text(), nullable=True))
    op.add_column("github_tracks", sa.Column("held", JSONB(), nullable=True))


def downgrade() -> None:
    for column in ("held", "anyway", "built"):
        op.drop_column("github_tracks", column)
    op.drop_column("github_connections", "filters")
