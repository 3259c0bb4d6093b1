"""GitHub identities of users, the tokens that act for them, who may sign in, and whom that let into a team."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _identities()
    _tokens()
    _allowances()
    _admissions()
    op.add_column("webhook_deliveries", sa.Column("sender_id", sa.BigInteger(), nullable=True))


def _identities() -> None:
    op.create_table(
        "github_identities",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("web_url", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.Column("signed_in_at", TIME, server_default=sa.text("now()"), nullable=False),
        _to("github_identities", "user_id", "users"),
        sa.PrimaryKeyConstraint("id", name="pk_github_identities"),
        sa.UniqueConstraint("web_url", "number", name="uq_github_identities_web_url_number"),
        sa.UniqueConstraint("user_id", "web_url", name="uq_github_identities_user_id_web_url"),
    )


def _tokens() -> None:
    op.create_table(
        "github_user_tokens",
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("app_id", sa.BigInteger(), nullable=False),
        sa.Column("access_token", sa.LargeBinary(), nullable=False),
        sa.Column("refresh_token", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("refresh_expires_at", TIME, nullable=True),
        _to("github_user_tokens", "identity_id", "github_identities"),
        _to("github_user_tokens", "app_id", "github_apps"),
        sa.PrimaryKeyConstraint("identity_id", "app_id", name="pk_github_user_tokens"),
    )
    op.create_index("ix_github_user_tokens_app_id", "github_user_tokens", ["app_id"])


def _allowances() -> None:
    op.create_table(
        "github_allowances",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("web_url", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind IN ('user', 'organization', 'team')", name=op.f("ck_github_allowances_kind")),
        sa.CheckConstraint("role IN ('viewer', 'member', 'admin')", name=op.f("ck_github_allowances_role")),
        _to("github_allowances", "team_id", "teams"),
        sa.PrimaryKeyConstraint("id", name="pk_github_allowances"),
        sa.UniqueConstraint(
            "team_id", "web_url", "kind", "number", name="uq_github_allowances_team_id_web_url_kind_number"
        ),
    )


def _admissions() -> None:
    op.create_table(
        "github_admissions",
        sa.Column("team_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("identity_id", sa.BigInteger(), nullable=False),
        sa.Column("check_at", TIME, nullable=False),
        sa.Column("created_at", TIME, server_default=sa.text("now()"), nullable=False),
        _to("github_admissions", "team_id", "teams"),
        _to("github_admissions", "user_id", "users"),
        _to("github_admissions", "identity_id", "github_identities"),
        sa.PrimaryKeyConstraint("team_id", "user_id", name="pk_github_admissions"),
    )
    for column in ("user_id", "identity_id", "check_at"):
        op.create_index(f"ix_github_admissions_{column}", "github_admissions", [column])


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}", ondelete="CASCADE")


def downgrade() -> None:
    op.drop_column("webhook_deliveries", "sender_id")
    for table in ("github_admissions", "github_allowances", "github_user_tokens", "github_identities"):
        op.drop_table(table)
