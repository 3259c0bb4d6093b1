"""Deployments come back, and artifacts go when nobody can want them any more."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployments", sa.Column("returns_to", sa.Text(), nullable=True))
    op.add_column("deployments", sa.Column("reason", sa.Text(), server_default="deploy", nullable=False))
    op.add_column("deployments", sa.Column("actor", sa.Text(), nullable=True))
    op.execute("UPDATE deployments SET actor = requested_by")
    op.alter_column("deployments", "actor", nullable=False)
    op.add_column("deployments", sa.Column("user_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key("fk_deployments_user_id", "deployments", "users", ["user_id"], ["id"], ondelete="SET NULL")
    op.add_column("deployments", sa.Column("restart_requested_at", sa.DateTime(timezone=True), nullable=True))
    op.create_check_constraint(op.f("ck_deployments_returns_to"), "deployments", "returns_to IN ('standby', 'retired')")
    op.create_index(
        "ix_deployments_leased",
        "deployments",
        ["environment_id"],
        unique=False,
        postgresql_where=sa.text("lease_until IS NOT NULL"),
    )
    op.add_column("artifacts", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("artifacts", "removed_at")
    op.drop_index("ix_deployments_leased", table_name="deployments")
    op.drop_constraint(op.f("ck_deployments_returns_to"), "deployments")
    op.drop_constraint("fk_deployments_user_id", "deployments")
    for column in ("restart_requested_at", "user_id", "actor", "reason", "returns_to"):
        op.drop_column("deployments", column)
