import os
import signal
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from thakur import pids


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as process:
        yield process
        process.kill()


def test_another_process_with_the_same_pid_is_not_taken_for_it(sleeper: subprocess.Popen[bytes]) -> None:
    process = pids.identify(sleeper.pid)
    assert process
    stranger = msgspec.structs.replace(process, started=process.started - 1)

    assert pids.is_alive(process)
    assert not pids.is_alive(stranger)
    assert pids.open_pidfd(stranger) is None
    assert not pids.send(stranger, signal.SIGKILL)
    assert sleeper.poll() is None


def test_a_zombie_is_not_alive_and_is_reaped_only_as_itself(sleeper: subprocess.Popen[bytes]) -> None:
    process = pids.identify(sleeper.pid)
    assert process
    pids.send(process, signal.SIGKILL)
    os.waitid(os.P_PID, sleeper.pid, os.WEXITED | os.WNOWAIT)

    assert not pids.is_alive(process)
    assert pids.identify(sleeper.pid) is None
    pids.reap(msgspec.structs.replace(process, started=process.started - 1))
    assert pids.stat_fields(sleeper.pid)
    pids.reap(process)
    assert pids.stat_fields(sleeper.pid) is None


def test_this_boot_has_a_name() -> None:
    assert pids.boot_id() == pids.boot_id() != ""
