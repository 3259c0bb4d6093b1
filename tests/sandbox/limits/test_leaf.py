import asyncio
import signal
import subprocess
from pathlib import Path

import pytest

from thakur.sandbox import Limits
from thakur.sandbox.limits.cgroups import Cgroups
from thakur.sandbox.limits.leaf import Leaf

LIMITS = Limits(memory_bytes=1 << 20, cpus=1.5, processes=10)
V2 = dict.fromkeys(("memory", "cpu", "pids", "unified"), 2)


@pytest.fixture
def unified(tmp_path):
    """A leaf in a plain directory, to see what is written."""
    (tmp_path / "leaf").mkdir()
    (tmp_path / "leaf" / "memory.swap.max").touch()
    return tmp_path / "leaf", Leaf(dict.fromkeys(V2, tmp_path / "leaf"), V2)


def test_limits_are_written_as_v2_wants_them(unified):
    directory, leaf = unified
    leaf.create(LIMITS)

    written = {path.name: path.read_text() for path in directory.iterdir()}
    assert written == {"memory.max": str(1 << 20), "memory.swap.max": "0", "cpu.max": "150000 100000", "pids.max": "12"}


def test_limits_are_written_as_v1_wants_them(tmp_path):
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.memsw.limit_in_bytes").touch()
    directories = {name: tmp_path / name for name in ("memory", "cpu", "pids")}
    Leaf(directories, dict.fromkeys(directories, 1)).create(LIMITS)

    written = {path.name: path.read_text() for path in tmp_path.glob("*/*")}
    assert written == {
        "memory.limit_in_bytes": str(1 << 20),
        "memory.memsw.limit_in_bytes": str(1 << 20),
        "cpu.cfs_period_us": "100000",
        "cpu.cfs_quota_us": "150000",
        "pids.max": "12",
    }


def test_no_limit_writes_nothing(unified):
    directory, leaf = unified
    leaf.create(Limits())

    assert [path.name for path in directory.iterdir()] == ["memory.swap.max"]


def test_counters_of_v2_are_read(unified):
    directory, leaf = unified
    (directory / "memory.events").write_text("low 0\nhigh 0\nmax 9\noom 2\noom_kill 1\noom_group_kill 0\n")
    (directory / "pids.events").write_text("max 3\n")

    assert (leaf.out_of_memory_kills(), leaf.refused_processes()) == (1, 3)


async def test_a_leaf_kills_what_is_in_it_and_goes(root_stage):
    cgroups = Cgroups(root_stage.name)
    cgroups.prepare()
    leaf = cgroups.leaf("leaf")
    leaf.create(LIMITS)
    with subprocess.Popen(["sleep", "60"]) as sleeper:
        leaf.add(sleeper.pid)
        assert leaf.processes() == {sleeper.pid}
        leaf.kill()
        assert await asyncio.to_thread(sleeper.wait) == -signal.SIGKILL
    await leaf.remove()

    assert cgroups.leaves() == frozenset()
    assert not any(Path("/sys/fs/cgroup").glob(f"*/{root_stage.name}"))
