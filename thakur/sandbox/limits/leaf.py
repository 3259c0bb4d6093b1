"""One sandbox's control groups: its limits, its processes, its counters, its end."""

import asyncio
import contextlib
import os
import signal
from pathlib import Path

from thakur.sandbox.interface import Limits

UNIFIED = "unified"
CPU_PERIOD_US = 100_000
# The watcher and pid 1 inside count as well.
OWN_PROCESSES = 2
REMOVE_SECONDS = 5.0
POLL_SECONDS = 0.01


class Leaf:
    """The groups of one sandbox: one directory per controller, several controllers may share one."""

    def __init__(self, directories: dict[str, Path], versions: dict[str, int]) -> None:
        self._directories = directories
        self._versions = versions

    @property
    def controllers(self) -> frozenset[str]:
        return frozenset(self._directories)

    def create(self, limits: Limits) -> None:
        for directory in self._unique():
            directory.mkdir(exist_ok=True)
        self._limit_memory(limits.memory_bytes)
        self._limit_cpu(limits.cpus)
        if limits.processes is not None:
            self._write("pids", "pids.max", limits.processes + OWN_PROCESSES)

    def limiting(self) -> list[str]:
        """The directories in which a runtime looks for its limits."""
        found = (self._directories.get(controller) for controller in ("memory", "cpu"))
        return list(dict.fromkeys(str(directory) for directory in found if directory is not None))

    def add(self, pid: int) -> None:
        for directory in self._unique():
            (directory / "cgroup.procs").write_text(str(pid))

    def processes(self) -> frozenset[int]:
        found: set[int] = set()
        for directory in self._unique():
            with contextlib.suppress(OSError):
                found.update(int(pid) for pid in (directory / "cgroup.procs").read_text().split())
        return frozenset(found)

    def out_of_memory_kills(self) -> int:
        name = "memory.events" if self._versions.get("memory") == 2 else "memory.oom_control"
        return self._counter("memory", name, "oom_kill")

    def refused_processes(self) -> int:
        return self._counter("pids", "pids.events", "max")

    def kill(self) -> None:
        """SIGKILL to everything inside; a fork in between is met by the caller's next call."""
        with contextlib.suppress(OSError, KeyError):
            (self._directories[UNIFIED] / "cgroup.kill").write_text("1")
            return
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    async def remove(self) -> None:
        """Kill what is left and take the directories away, for at most REMOVE_SECONDS."""
        end = asyncio.get_running_loop().time() + REMOVE_SECONDS
        while any(directory.exists() for directory in self._unique()):
            self.kill()
            for directory in self._unique():
                with contextlib.suppress(OSError):
                    directory.rmdir()
                    # The server's own group goes with its last leaf.
                    directory.parent.rmdir()
            if asyncio.get_running_loop().time() > end:
                return
            await asyncio.sleep(POLL_SECONDS)

    def _limit_memory(self, limit_bytes: int | None) -> None:
        if limit_bytes is None:
            return
        if self._versions.get("memory") == 2:
            self._write("memory", "memory.max", limit_bytes)
            self._write("memory", "memory.swap.max", 0, is_optional=True)
        else:
            self._write("memory", "memory.limit_in_bytes", limit_bytes)
            self._write("memory", "memory.memsw.limit_in_bytes", limit_bytes, is_optional=True)

    def _limit_cpu(self, cpus: float | None) -> None:
        if cpus is None:
            return
        quota = max(1000, int(cpus * CPU_PERIOD_US))
        if self._versions.get("cpu") == 2:
            self._write("cpu", "cpu.max", f"{quota} {CPU_PERIOD_US}")
        else:
            self._write("cpu", "cpu.cfs_period_us", CPU_PERIOD_US)
            self._write("cpu", "cpu.cfs_quota_us", quota)

    def _write(self, controller: str, name: str, value: int | str, *, is_optional: bool = False) -> None:
        directory = self._directories.get(controller)
        # Swap accounting is a kernel option.
        if directory is not None and not (is_optional and not (directory / name).exists()):
            (directory / name).write_text(str(value))

    def _counter(self, controller: str, name: str, key: str) -> int:
        with contextlib.suppress(OSError, KeyError):
            for line in (self._directories[controller] / name).read_text().splitlines():
                word, _, value = line.partition(" ")
                if word == key:
                    return int(value)
        return 0

    def _unique(self) -> list[Path]:
        return list(dict.fromkeys(self._directories.values()))
