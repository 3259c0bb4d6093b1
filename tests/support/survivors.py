"""What goes on when `serve` dies: proxy workers, replicas, stores, as the data directory names them."""

import json
import os
import signal
from pathlib import Path
from typing import Any

from support.owners import servers
from thakur import pids

LISTENING, ESTABLISHED = "0A", "01"


def workers(data_dir: Path) -> list[int]:
    """The proxy workers that take visitors."""
    return [worker["process"]["pid"] for worker in _workers(data_dir) if not worker["is_leaving"]]


def leaving(data_dir: Path) -> list[int]:
    """Those that were replaced and still have visitors."""
    return [worker["process"]["pid"] for worker in _workers(data_dir) if worker["is_leaving"]]


def replicas(data_dir: Path) -> dict[str, int]:
    """The application's process of each routed project that has one."""
    state = _read(data_dir / "edge" / "state.json")
    routed = [placement for placement in state["placements"] if placement["is_routed"]]
    return {
        each["order"]["project"]: each["replicas"][0]["identity"]["app"]["pid"] for each in routed if each["replicas"]
    }


def stores(data_dir: Path) -> dict[str, int]:
    """The embedded servers that listen."""
    found = dict(zip(("PostgreSQL", "Valkey"), servers(data_dir), strict=True))
    return {name: pid for name, pid in found.items() if pid is not None}


def is_alive(pid: int) -> bool:
    return pids.started(pid) is not None


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def zombies(parent: int) -> list[str]:
    """The pids of its children that have ended and were never buried."""
    found = [(process.name, pids.stat_fields(int(process.name))) for process in _numbered()]
    return [pid for pid, fields in found if fields and (fields[0], int(fields[1])) == ("Z", parent)]


def forget_boot(data_dir: Path) -> None:
    """Make the records those of another boot, whose processes are all gone."""
    for path in (data_dir / "edge" / "state.json", data_dir / "run" / "proxy" / "workers.json"):
        path.write_text(path.read_text().replace(pids.boot_id(), "another-boot"))


def connections(pid: int, address: str) -> int:
    """How many of the connections that came in at an address a process holds."""
    port = f"{int(address.rpartition(':')[2]):04X}"
    held = {str(entry.readlink()) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return sum(
        1 for row in rows if row[1].endswith(f":{port}") and row[3] == ESTABLISHED and f"socket:[{row[9]}]" in held
    )


def _numbered() -> list[Path]:
    return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _workers(data_dir: Path) -> list[dict[str, Any]]:
    return _read(data_dir / "run" / "proxy" / "workers.json")["workers"]


def _read(path: Path) -> Any:
    return json.loads(path.read_text())
