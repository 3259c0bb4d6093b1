"""Memory of what runs in a server's sandboxes, read while it runs."""

import threading
from pathlib import Path
from typing import Self

from thakur.sandbox import root_name
from thakur.sandbox.limits.cgroups import Cgroups

EVERY_SECONDS = 0.1
MEGABYTE = 1024 * 1024


class Sandboxes:
    """The sandboxes of one data directory, by their control groups; without those, nothing is known."""

    def __init__(self, data_dir: Path) -> None:
        self._cgroups = Cgroups(root_name(data_dir))

    def anonymous_bytes(self, prefix: str) -> int:
        """What the processes of those whose names begin so hold beside files."""
        return sum(self._anonymous(name) for name in self._cgroups.leaves() if name.startswith(prefix))

    def pss_bytes(self) -> int:
        """The applications' processes, with their share of what several have in common; the sandbox's own are left out."""
        names = [name for name in self._cgroups.leaves() if not name.startswith("build-")]
        return sum(_pss(pid) for name in names for pid in self._cgroups.leaf(name).processes() if not _is_bwrap(pid))

    def _anonymous(self, name: str) -> int:
        for directory in self._cgroups.leaf(name).limiting():
            try:
                lines = (Path(directory) / "memory.stat").read_text().splitlines()
            except OSError:
                continue
            fields = dict(line.split() for line in lines)
            # v1 calls it rss, and counts no shared files in it.
            return int(fields.get("anon") or fields.get("total_rss") or 0)
        return 0


class Peak:
    """The most that builds held, looked at every 0.1 s; `with` begins and ends it."""

    def __init__(self, sandboxes: Sandboxes) -> None:
        self.highest = 0
        self._sandboxes = sandboxes
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *failure: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(EVERY_SECONDS):
            self.highest = max(self.highest, self._sandboxes.anonymous_bytes("build-"))


def _is_bwrap(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "bwrap"
    except OSError:
        return True


def _pss(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))
