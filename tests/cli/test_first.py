"""The first process of a PID namespace, with a program of the test's own below it."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from support.waiting import eventually

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, signal, subprocess, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from thakur.cli.first import is_first, run_below
if is_first():
    sys.exit(run_below())

def tell(text):
    print(text, flush=True)

signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
tell(f"below, parent {os.getppid()}")
# An orphan: its parent ends at once, and it a moment later.
subprocess.run([sys.executable, "-c", "import subprocess; subprocess.Popen(['sleep', '0.05'])"])
while True:
    for line in sys.stdin:
        if line.strip() == "die":
            os.kill(os.getpid(), signal.SIGKILL)
    signal.pause()
"""

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root makes a PID namespace here")


@contextmanager
def first(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    argv = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child", sys.executable, str(program), str(ROOT)]
    with subprocess.Popen(
        argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "below, parent 1\n"
            yield process
        finally:
            process.kill()


def inside(process: subprocess.Popen[str]) -> list[tuple[int, str, str]]:
    """Host pid, name and state of every process below `unshare`."""
    found, waiting = [], [process.pid]
    while waiting:
        pid = waiting.pop()
        children: list[str] = []
        with suppress(FileNotFoundError, ProcessLookupError):
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for child in children:
            # What ends between two looks is not inside any more.
            with suppress(FileNotFoundError, ProcessLookupError):
                name, _, rest = Path(f"/proc/{child}/stat").read_text().partition("(")[2].rpartition(") ")
                found.append((int(child), name, rest[0]))
                waiting.append(int(child))
    return found


async def test_orphans_are_buried(tmp_path: Path) -> None:
    with first(tmp_path) as process:
        await eventually(lambda: len(inside(process)) == 2)

        assert not [state for _, _, state in inside(process) if state == "Z"]


async def test_a_signal_is_passed_on_and_its_end_is_ours(tmp_path: Path) -> None:
    with first(tmp_path) as process:
        top = inside(process)[0][0]

        os.kill(top, signal.SIGTERM)

        await eventually(lambda: process.poll() is not None)
        assert process.returncode == 7


async def test_one_that_is_killed_is_started_again(tmp_path: Path) -> None:
    with first(tmp_path) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write("die\n")
        process.stdin.flush()

        assert process.stdout.readline() == "below, parent 1\n"
