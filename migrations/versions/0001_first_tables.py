"""The first tables: teams, projects, builds, deployments, logs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edges",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_edges"),
        sa.UniqueConstraint("name", name="uq_edges_name"),
    )
    op.create_table(
        "teams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_teams"),
        sa.UniqueConstraint("name", name="uq_teams_name"),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_users"),
    )
    op.create_table(
        "memberships",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("role IN ('viewer', 'member', 'admin', 'owner')", name="ck_memberships_role"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_memberships_team_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_memberships_user_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_memberships"),
    )
    op.create_index("ix_memberships_user_id", "memberships", ["user_id"], unique=False)
    op.create_table(
        "projects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="active", nullable=False),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'deleting')", name="ck_projects_status"),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_projects_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_projects"),
        sa.UniqueConstraint("name", name="uq_projects_name"),
    )
    op.create_index("ix_projects_team_id", "projects", ["team_id"], unique=False)
    op.create_table(
        "artifacts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("files", sa.Integer(), nullable=False),
        sa.Column("plan", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_artifacts_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_artifacts"),
        sa.UniqueConstraint("project_id", "digest", name="uq_artifacts_project_id_digest"),
    )
    op.create_table(
        "environments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_environments_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_environments"),
        sa.UniqueConstraint("project_id", "label", name="uq_environments_project_id_label"),
    )
    op.create_table(
        "log_streams",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("environment_id", sa.BigInteger(), nullable=True),
        sa.Column("last_number", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('build', 'runtime')", name="ck_log_streams_kind"),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_log_streams_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_log_streams_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_log_streams"),
    )
    op.create_index(
        "ix_log_streams_environment_id",
        "log_streams",
        ["environment_id"],
        unique=True,
        postgresql_where=sa.text("kind = 'runtime'"),
    )
    op.create_index(
        "ix_log_streams_project_id_number",
        "log_streams",
        ["project_id", "number"],
        unique=True,
        postgresql_where=sa.text("kind = 'build'"),
    )
    op.create_table(
        "build_lines",
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["log_streams.id"], name="fk_build_lines_stream_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stream_id", "number", name="pk_build_lines"),
    )
    op.create_table(
        "builds",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("environment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("plan", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("artifact_id", sa.BigInteger(), nullable=True),
        sa.Column("failure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("log_stream_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'canceled', 'superseded')", name="ck_builds_status"
        ),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name="fk_builds_artifact_id"),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_builds_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["log_stream_id"], ["log_streams.id"], name="fk_builds_log_stream_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_builds_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_builds"),
        sa.UniqueConstraint("project_id", "number", name="uq_builds_project_id_number"),
    )
    op.create_index("ix_builds_environment_id", "builds", ["environment_id"], unique=False)
    op.create_index(
        "ix_builds_queue", "builds", ["created_at"], unique=False, postgresql_where=sa.text("status = 'queued'")
    )
    op.create_index(
        "uq_builds_running", "builds", ["environment_id"], unique=True, postgresql_where=sa.text("status = 'running'")
    )
    op.create_table(
        "log_sources",
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("offset_bytes", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["stream_id"], ["log_streams.id"], name="fk_log_sources_stream_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("stream_id", "source", name="pk_log_sources"),
    )
    op.create_table(
        "runtime_lines",
        sa.Column("stream_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("edge_id", sa.BigInteger(), nullable=False),
        sa.Column("replica", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stream_id"], ["log_streams.id"], name="fk_runtime_lines_stream_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("stream_id", "number", "day", name="pk_runtime_lines"),
        postgresql_partition_by="RANGE (day)",
    )
    op.create_table(
        "deployments",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("environment_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("status", sa.Text(), server_default="queued", nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("artifact_id", sa.BigInteger(), nullable=False),
        sa.Column("build_id", sa.BigInteger(), nullable=True),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), server_default="[]", nullable=False),
        sa.Column("failure", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("log_stream_id", sa.BigInteger(), nullable=False),
        sa.Column("requested_by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status IN ('queued', 'starting', 'checking', 'active', 'standby', 'retired', 'failed', 'canceled', 'superseded')",
            name="ck_deployments_status",
        ),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name="fk_deployments_artifact_id"),
        sa.ForeignKeyConstraint(["build_id"], ["builds.id"], name="fk_deployments_build_id"),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_deployments_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["log_stream_id"], ["log_streams.id"], name="fk_deployments_log_stream_id"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_deployments_project_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_deployments"),
        sa.UniqueConstraint("build_id", name="uq_deployments_build_id"),
        sa.UniqueConstraint("project_id", "number", name="uq_deployments_project_id_number"),
    )
    op.create_index("ix_deployments_environment_id", "deployments", ["environment_id"], unique=False)
    op.create_index(
        "ix_deployments_queue",
        "deployments",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("status = 'queued'"),
    )
    op.create_index(
        "uq_deployments_rolling_out",
        "deployments",
        ["environment_id"],
        unique=True,
        postgresql_where=sa.text("status IN ('starting', 'checking')"),
    )
    op.create_table(
        "activations",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("environment_id", sa.BigInteger(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name="fk_activations_deployment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["environment_id"], ["environments.id"], name="fk_activations_environment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_activations_user_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name="pk_activations"),
    )
    op.create_index("ix_activations_deployment_id", "activations", ["deployment_id"], unique=False)
    op.create_index("ix_activations_environment_id", "activations", ["environment_id"], unique=False)
    op.create_index(
        "uq_activations_open",
        "activations",
        ["environment_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "deployment_edges",
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("edge_id", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('prepared', 'routed', 'draining', 'gone')", name="ck_deployment_edges_status"),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployments.id"], name="fk_deployment_edges_deployment_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["edge_id"], ["edges.id"], name="fk_deployment_edges_edge_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("deployment_id", "edge_id", name="pk_deployment_edges"),
    )
    op.create_index("ix_deployment_edges_edge_id", "deployment_edges", ["edge_id"], unique=False)


def downgrade() -> None:
    for table in (
        "deployment_edges",
        "activations",
        "deployments",
        "runtime_lines",
        "log_sources",
        "builds",
        "build_lines",
        "log_streams",
        "environments",
        "artifacts",
        "projects",
        "memberships",
        "users",
        "teams",
        "edges",
    ):
        op.drop_table(table)
