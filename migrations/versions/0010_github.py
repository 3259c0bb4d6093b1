"""GitHub Apps, their installations, the repositories that projects follow, what was delivered, and what is to be told."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _apps()
    _connections()
    _reports()
    _deliveries()


def _apps() -> None:
    op.create_table(
        "github_apps",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("web_url", sa.Text(), nullable=False),
        sa.Column("api_url", sa.Text(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("hook_url", sa.Text(), server_default="", nullable=False),
        sa.Column("client_secret", sa.LargeBinary(), nullable=False),
        sa.Column("private_key", sa.LargeBinary(), nullable=False),
        sa.Column("webhook_secret", sa.LargeBinary(), nullable=False),
        sa.Column("previous_secret", sa.LargeBinary(), nullable=True),
        sa.Column("previous_until", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_github_apps_team_id"),
        sa.PrimaryKeyConstraint("id", name="pk_github_apps"),
        sa.UniqueConstraint("web_url", "app_id", name="uq_github_apps_web_url_app_id"),
    )
    op.create_index("ix_github_apps_team_id", "github_apps", ["team_id"])
    op.create_table(
        "github_installations",
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("updated_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status IN ('active', 'suspended', 'gone')", name="ck_github_installations_status"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["github_apps.id"], name="fk_github_installations_app_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("app_id", "installation_id", name="pk_github_installations"),
    )


def _connections() -> None:
    op.create_table(
        "github_connections",
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("full_name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=True),
        sa.Column("pushed_by", sa.Text(), server_default="", nullable=False),
        sa.Column("trouble", sa.Text(), server_default="", nullable=False),
        sa.Column("look_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_github_connections_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["app_id", "installation_id"],
            ["github_installations.app_id", "github_installations.installation_id"],
            name="fk_github_connections_app_id_installation_id",
        ),
        sa.PrimaryKeyConstraint("project_id", name="pk_github_connections"),
    )
    op.create_index("ix_github_connections_repository", "github_connections", ["app_id", "repository_id"])
    op.create_index("ix_github_connections_look_at", "github_connections", ["look_at"])


def _reports() -> None:
    op.create_table(
        "github_reports",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("installation_id", sa.BigInteger(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=False),
        sa.Column("sha", sa.Text(), nullable=False),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("context", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("log_url", sa.Text(), nullable=False),
        sa.Column("environment_url", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.Column("sent_version", sa.Integer(), server_default="0", nullable=False),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name="fk_github_reports_project_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["app_id"], ["github_apps.id"], name="fk_github_reports_app_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_github_reports"),
        sa.UniqueConstraint("project_id", "number", name="uq_github_reports_project_id_number"),
    )
    is_due = sa.text("sent_version < version")
    op.create_index("ix_github_reports_due", "github_reports", ["next_at"], postgresql_where=is_due)
    is_living = sa.text("state IN ('queued', 'in_progress', 'success')")
    op.create_index("ix_github_reports_living", "github_reports", ["project_id"], postgresql_where=is_living)


def _deliveries() -> None:
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("guid", sa.Text(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("repository_id", sa.BigInteger(), nullable=True),
        sa.Column("installation_id", sa.BigInteger(), nullable=True),
        sa.Column("branch", sa.Text(), nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="received", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("next_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("received_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("done_at", TIME, nullable=True),
        sa.CheckConstraint("status IN ('received', 'done', 'failed')", name="ck_webhook_deliveries_status"),
        sa.ForeignKeyConstraint(
            ["app_id"], ["github_apps.id"], name="fk_webhook_deliveries_app_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_deliveries"),
        sa.UniqueConstraint("app_id", "guid", name="uq_webhook_deliveries_app_id_guid"),
    )
    is_due = sa.text("status = 'received'")
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["next_at"], postgresql_where=is_due)
    op.create_index("ix_webhook_deliveries_received_at", "webhook_deliveries", ["received_at"])


def downgrade() -> None:
    for table in ("webhook_deliveries", "github_reports", "github_connections", "github_installations", "github_apps"):
        op.drop_table(table)
