"""What is said to PostgreSQL, and how it would go about it."""

import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event

from thakur.db import Database


@contextmanager
def statements(db: Database) -> Iterator[list[str]]:
    """The statements that are executed within, in order, without their values."""
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_others: Any) -> None:
        said.append(statement)

    engine = db._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield said
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def scans(db: Database, statement: str, table: str) -> list[str]:
    """How each read of the table is done, and by which index, when the statement is planned without its values."""
    numbers = itertools.count(1)
    prepared = re.sub(r"%\(\w+\)s", lambda _: f"${next(numbers)}", statement)
    async with db.connection() as connection:
        found = await connection.execute(f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {prepared}")
        ((plan,),) = await found.fetchall()
    nodes = [node for node in _nodes(plan[0]["Plan"]) if "Scan" in node["Node Type"]]
    reads = [node for node in nodes if node.get("Relation Name") == table]
    return [f"{node['Node Type']} {node.get('Index Name', '')}".strip() for node in reads]


def _nodes(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)
