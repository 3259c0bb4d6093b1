"""Builds are held by leases, end early by somebody, and are reused."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("builds", sa.Column("interruptions", sa.Integer(), server_default="0", nullable=False))
    op.add_column("builds", sa.Column("ended_by", sa.Text(), nullable=True))
    op.add_column("builds", sa.Column("inputs_digest", sa.Text(), nullable=True))
    op.create_index("ix_builds_turns", "builds", ["project_id", "started_at"], unique=False)
    op.create_index(
        "ix_builds_leased",
        "builds",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.create_index(
        "ix_builds_unannounced",
        "builds",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("status = 'succeeded' AND announced_at IS NULL"),
    )
    op.create_index(
        "ix_builds_inputs",
        "builds",
        ["project_id", "inputs_digest"],
        unique=False,
        postgresql_where=sa.text("status = 'succeeded' AND inputs_digest IS NOT NULL"),
    )
    # What runs now was claimed without a lease; its worker is gone, or nobody could migrate.
    op.execute("UPDATE builds SET lease_until = now() WHERE status = 'running'")


def downgrade() -> None:
    for index in ("ix_builds_inputs", "ix_builds_unannounced", "ix_builds_leased", "ix_builds_turns"):
        op.drop_index(index, table_name="builds")
    for column in ("inputs_digest", "ended_by", "interruptions"):
        op.drop_column("builds", column)
