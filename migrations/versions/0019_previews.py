"""Previews: forks that wait for somebody, looks at whole repositories, comments on pull requests."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
NOW = sa.text("now()")


def upgrade() -> None:
    op.add_column("webhook_deliveries", sa.Column("pull_request", sa.BigInteger(), nullable=True))
    for table in ("builds", "deployments"):
        op.create_index(f"ix_{table}_newest", table, ["environment_id", "number"])
        op.drop_index(f"ix_{table}_environment_id", table)
    _tracks()
    _surveys()
    _comments()


def _tracks() -> None:
    for name in ("waits", "approved", "declined"):
        op.add_column("github_tracks", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("github_tracks", sa.Column("pull_request", sa.BigInteger(), nullable=True))
    op.add_column("github_tracks", sa.Column("title", sa.Text(), server_default="", nullable=False))
    op.add_column("github_tracks", sa.Column("approves_all", sa.Boolean(), server_default=sa.false(), nullable=False))


def _surveys() -> None:
    op.add_column("github_connections", sa.Column("previews", JSONB(), server_default="{}", nullable=False))
    op.add_column("github_connections", sa.Column("left_alone", JSONB(), nullable=True))
    op.add_column("github_connections", sa.Column("survey_trouble", sa.Text(), server_default="", nullable=False))
    op.add_column("github_connections", sa.Column("survey_at", TIME, server_default=NOW, nullable=False))
    op.add_column("github_connections", sa.Column("survey_lease", TIME, nullable=True))
    op.create_index("ix_github_connections_survey_at", "github_connections", ["survey_at"])


def _comments() -> None:
    op.create_table(
        "github_comments",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("pull_request", sa.BigInteger(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("body", sa.Text(), server_default="", nullable=False),
        sa.Column("comment_id", sa.BigInteger(), nullable=True),
        sa.Column("is_remade", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("sent_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("closed_version", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", TIME, server_default=NOW, nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_github_comments_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["app_id"], ["github_apps.id"], name="fk_github_comments_app_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("project_id", "pull_request", name="pk_github_comments"),
    )
    is_due = sa.text("sent_version < version")
    op.create_index("ix_github_comments_due", "github_comments", ["next_at"], postgresql_where=is_due)


def downgrade() -> None:
    op.drop_table("github_comments")
    for table in ("builds", "deployments"):
        op.create_index(f"ix_{table}_environment_id", table, ["environment_id"])
        op.drop_index(f"ix_{table}_newest", table)
    op.drop_index("ix_github_connections_survey_at", "github_connections")
    for name in ("survey_lease", "survey_at", "survey_trouble", "left_alone", "previews"):
        op.drop_column("github_connections", name)
    for name in ("approves_all", "title", "pull_request", "declined", "approved", "waits"):
        op.drop_column("github_tracks", name)
    op.drop_column("webhook_deliveries", "pull_request")
