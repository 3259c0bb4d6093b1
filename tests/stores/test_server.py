"""A server is launched out of our reach, and one that fails says so with its own words."""

import os
import signal
from pathlib import Path

import pytest

from thakur.stores import StoreFailed, server
from thakur.stores.confined import Place
from thakur.stores.programs import Program
from thakur.stores.server import is_running, launch, run


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, Program(Path("/bin"), Path("sh")), None, is_boxed=False, writable=())


def test_a_launched_server_is_nobodys_child_in_a_session_of_its_own(place: Place, tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    command = ["/bin/sh", "-c", f"echo $$ > {pid_file}.new && mv {pid_file}.new {pid_file} && exec sleep 60"]

    launch("sleeper", place, command, tmp_path / "log", pid_file.exists)

    pid = int(pid_file.read_text())
    assert os.getsid(pid) == os.getpgid(pid) != os.getsid(0)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    os.kill(pid, signal.SIGKILL)


def test_a_server_that_ends_at_once_is_not_waited_for(place: Place, tmp_path: Path) -> None:
    log = tmp_path / "log"

    with pytest.raises(StoreFailed, match="it did not start: no such luck"):
        launch("it", place, ["/bin/sh", "-c", "echo no such luck; exit 1"], log, lambda: False)


def test_a_server_that_is_never_ready_is_given_up(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "START_SECONDS", 0.1)

    with pytest.raises(StoreFailed, match=r"not ready within .* s: it wrote nothing"):
        launch("it", place, ["/bin/sleep", "0.3"], tmp_path / "log", lambda: False)


def test_the_log_of_the_last_run_is_kept_beside(place: Place, tmp_path: Path) -> None:
    (tmp_path / "it.log").write_text("the last run")

    launch("it", place, ["/bin/true"], tmp_path / "it.log", lambda: True)

    assert (tmp_path / "it.log.1").read_text() == "the last run"


def test_a_program_that_fails_is_quoted_with_the_hint(place: Place) -> None:
    with pytest.raises(StoreFailed, match="it failed: out of luck") as failure:
        run("it", place, ["/bin/sh", "-c", "echo out of luck >&2; exit 3"], hint="Try again.")

    assert failure.value.hint == "Try again."


def test_a_pid_counts_only_with_its_program() -> None:
    name = Path("/proc/self/stat").read_text().partition("(")[2].rpartition(")")[0]

    assert is_running(os.getpid(), name)
    assert not is_running(os.getpid(), "postgres")
    assert not is_running(2**30, name)


def test_a_zombie_does_not_run() -> None:
    pid = os.posix_spawn("/bin/true", ["true"], {})
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    assert not is_running(pid, "true")
    os.waitpid(pid, 0)
