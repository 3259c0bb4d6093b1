"""The branch that a deployment's artifact was built from."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployments", sa.Column("branch", sa.Text(), server_default="", nullable=False))
    # A redeploy has no build of its own: its artifact's newest one tells.
    op.execute(
        "UPDATE deployments SET branch = told.ref FROM ("
        "SELECT DISTINCT ON (artifact_id) artifact_id, coalesce(source ->> 'ref', '') AS ref FROM builds "
        "WHERE artifact_id IS NOT NULL ORDER BY artifact_id, number DESC"
        ") AS told WHERE told.artifact_id = deployments.artifact_id"
    )
    op.execute(
        "UPDATE deployments SET branch = coalesce(builds.source ->> 'ref', '') FROM builds "
        "WHERE builds.id = deployments.build_id"
    )


def downgrade() -> None:
    op.drop_column("deployments", "branch")
