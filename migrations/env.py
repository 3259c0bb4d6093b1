"""What alembic runs: the connection is always handed in, so boot, the command and the tests share one way."""

from alembic import context

import thakur.models  # noqa: F401  every module's tables register themselves
from thakur.db import Base


def is_ours(name: str | None, kind: str, _parents: object) -> bool:
    """Partitions of runtime_lines come and go with the days: they are no drift."""
    return not (kind == "table" and name is not None and name.startswith("runtime_lines_"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_name=is_ours,
    compare_type=True,
    compare_server_default=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
