"""Sign-ins that have come back, once each; and who is on the way into a team, or out of it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_on_the_way = sa.Column("has_joined", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    op.add_column("github_admissions", is_on_the_way)
    op.create_table(
        "github_journeys",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_github_journeys"),
    )
    op.create_index("ix_github_journeys_expires_at", "github_journeys", ["expires_at"])


def downgrade() -> None:
    op.drop_table("github_journeys")
    op.drop_column("github_admissions", "has_joined")
