"""Env vars of projects, and what of them a deployment was given: both sealed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "environment_variables",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.CheckConstraint("scope IN ('production', 'preview')", name="ck_environment_variables_scope"),
        sa.CheckConstraint("phase IN ('build', 'start')", name="ck_environment_variables_phase"),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_environment_variables_project_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("project_id", "scope", "name", name="pk_environment_variables"),
    )
    op.add_column("deployments", sa.Column("env_snapshot", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("deployments", "env_snapshot")
    op.drop_table("environment_variables")
