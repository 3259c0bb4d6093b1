"""Whose an App is and how it fares, who has left for GitHub to make or install one, and deliveries as people look at them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)
STATUS = "ck_webhook_deliveries_status"
# As the naming convention made it of a name that had its prefix already.
STATUS_BEFORE = f"ck_webhook_deliveries_{STATUS}"


def upgrade() -> None:
    no = sa.text("false")
    for column in ("owner", "page_url", "trouble"):
        op.add_column("github_apps", sa.Column(column, sa.Text(), server_default="", nullable=False))
    op.add_column("github_apps", sa.Column("is_of_organization", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("github_installations", sa.Column("is_organization", sa.Boolean(), server_default=no, nullable=False))
    op.add_column("github_installations", sa.Column("repositories", sa.Integer(), nullable=True))
    since = sa.Column("since", TIME, server_default=sa.text("now()"), nullable=False)
    op.add_column("github_installations", since)
    _departures()
    op.add_column("webhook_deliveries", sa.Column("repository", sa.Text(), server_default="", nullable=False))
    op.drop_constraint(op.f(STATUS_BEFORE), "webhook_deliveries")
    is_known = "status IN ('received', 'done', 'failed', 'ignored')"
    op.create_check_constraint(op.f(STATUS), "webhook_deliveries", is_known)
    op.create_index("ix_webhook_deliveries_shown", "webhook_deliveries", ["app_id", "id"])


def _departures() -> None:
    op.create_table(
        "github_departures",
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("session_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("web_url", sa.Text(), nullable=False),
        sa.Column("api_url", sa.Text(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("used_at", TIME, nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=f"fk_github_departures_{column}", ondelete="CASCADE"
            )
            for column, table in (
                ("team_id", "teams"),
                ("session_id", "sessions"),
                ("user_id", "users"),
                ("app_id", "github_apps"),
            )
        ),
        sa.PrimaryKeyConstraint("hash", name="pk_github_departures"),
    )
    op.create_index("ix_github_departures_session_id", "github_departures", ["session_id"])


def downgrade() -> None:
    op.drop_index("ix_webhook_deliveries_shown", "webhook_deliveries")
    op.execute("DELETE FROM webhook_deliveries WHERE status = 'ignored'")
    op.drop_constraint(op.f(STATUS), "webhook_deliveries")
    op.create_check_constraint(op.f(STATUS_BEFORE), "webhook_deliveries", "status IN ('received', 'done', 'failed')")
    op.drop_column("webhook_deliveries", "repository")
    op.drop_table("github_departures")
    for column in ("since", "repositories", "is_organization"):
        op.drop_column("github_installations", column)
    for column in ("is_of_organization", "trouble", "page_url", "owner"):
        op.drop_column("github_apps", column)
