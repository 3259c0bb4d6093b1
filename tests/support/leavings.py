"""What projects have on a host, against what a server has that never had one: processes, ports, groups, files, rows."""

from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from support.remains import processes
from thakur.sandbox import root_name
from thakur.sandbox.watching.listening import listening_ports

# The platform's own programs; everything else that runs for a data directory is a project's.
OWN = ("thakur serve", "postgres", "valkey-server", "dataplane/worker.py")
# The stores' files are looked at as rows; what is written in `run` ends with `stop`.
ELSEWHERE = ("stores", "run")


@dataclass
class Picture:
    """All of it at one moment."""

    processes: set[str] = field(default_factory=set)
    ports: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    files: set[str] = field(default_factory=set)
    rows: dict[str, int] = field(default_factory=dict)

    def beyond(self, other: "Picture") -> list[str]:
        """What is here and was not there, a line each."""
        kinds = ("processes", "ports", "groups", "files")
        found = [f"{kind}: {each}" for kind in kinds for each in sorted(getattr(self, kind) - getattr(other, kind))]
        more = {name: count - other.rows.get(name, 0) for name, count in self.rows.items()}
        return found + [f"rows: {count} in {name}" for name, count in sorted(more.items()) if count > 0]


def picture(data_dir: Path) -> Picture:
    """Of a server that runs with its embedded stores."""
    theirs = {pid: told for pid, told in processes(data_dir).items() if not any(own in told for own in OWN)}
    groups = Path("/sys/fs/cgroup")
    return Picture(
        processes={f"{pid} {told[:60]}" for pid, told in theirs.items()},
        ports={str(port) for port in listening_ports(theirs)},
        groups={str(leaf) for depth in ("*", "*/*") for leaf in groups.glob(f"{depth}/{root_name(data_dir)}/*/")},
        files=set(files(data_dir)),
        rows=_rows(data_dir),
    )


def files(data_dir: Path) -> list[str]:
    """Every file and directory below it, but for the stores' and what belongs to what runs."""
    found = (path.relative_to(data_dir) for path in data_dir.rglob("*"))
    return sorted(str(path) for path in found if path.parts[0] not in ELSEWHERE)


def _rows(data_dir: Path) -> dict[str, int]:
    (socket,) = data_dir.rglob(".s.PGSQL.5432")
    with psycopg.connect(host=str(socket.parent), user="thakur", dbname="thakur") as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {name: _count(connection, name) for (name,) in tables}


def _count(connection: "psycopg.Connection[tuple[int]]", table: str) -> int:
    row = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()
    assert row is not None
    return row[0]
