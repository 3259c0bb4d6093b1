"""Tracks: a project follows several heads of its repository, each into an environment of its own."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "github_tracks",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("branch", sa.Text(), server_default="", nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("pushed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("look_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["github_connections.project_id"],
            name="fk_github_tracks_project_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_github_tracks"),
        sa.UniqueConstraint("project_id", "label", name="uq_github_tracks_project_id_label"),
    )
    op.create_index("ix_github_tracks_look_at", "github_tracks", ["look_at"])
    op.execute(
        "INSERT INTO github_tracks (project_id, label, asked, pushed_by, trouble, look_at) "
        "SELECT project_id, 'production', asked, pushed_by, trouble, look_at FROM github_connections"
    )
    op.drop_index("ix_github_connections_look_at", "github_connections")
    for column in ("asked", "pushed_by", "trouble", "look_at", "lease_until"):
        op.drop_column("github_connections", column)


def downgrade() -> None:
    op.add_column("github_connections", sa.Column("asked", sa.Text(), nullable=True))
    for column in ("pushed_by", "trouble"):
        op.add_column("github_connections", sa.Column(column, sa.Text(), server_default="", nullable=False))
    op.add_column("github_connections", sa.Column("look_at", TIME, server_default=sa.text("now()"), nullable=False))
    op.add_column("github_connections", sa.Column("lease_until", TIME, nullable=True))
    op.create_index("ix_github_connections_look_at", "github_connections", ["look_at"])
    op.execute(
        "UPDATE github_connections AS one SET asked = track.asked, pushed_by = track.pushed_by, "
        "trouble = track.trouble, look_at = track.look_at "
        "FROM github_tracks AS track WHERE track.project_id = one.project_id AND track.label = 'production'"
    )
    op.drop_table("github_tracks")
