"""Idempotency keys: requests that may come again."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("target", sa.LargeBinary(), nullable=False),
        sa.Column("body_digest", sa.LargeBinary(), server_default="", nullable=False),
        sa.Column("status", sa.BigInteger(), nullable=True),
        sa.Column("media_type", sa.Text(), server_default="", nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_idempotency_keys_project_id_projects", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_project_id", "idempotency_keys", ["project_id"])
    op.create_index("ix_idempotency_keys_created_at", "idempotency_keys", ["created_at"])


def downgrade() -> None:
    op.drop_table("idempotency_keys")
