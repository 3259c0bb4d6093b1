"""A socket's listener is found by the kernel's word."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from thakur.stores.sockets import connect, end_listener, is_listening, open_listener

LISTEN = """
import signal, socket, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen()
print("listening", flush=True)
signal.pause()
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "socket"


@pytest.fixture
def stubborn(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that listens and ignores SIGTERM."""
    with subprocess.Popen([sys.executable, "-c", LISTEN, path], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        yield process
        process.kill()


def test_nobody_listens_on_a_path_without_a_socket_or_with_a_dead_one(path: Path) -> None:
    assert connect(path) is None
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))

    assert connect(path) is None
    assert open_listener(path) is None
    assert end_listener(path, signal.SIGTERM, within_seconds=0)


def test_a_listener_is_ended_by_a_signal_or_said_to_go_on(path: Path, stubborn: subprocess.Popen[bytes]) -> None:
    assert not end_listener(path, signal.SIGTERM, within_seconds=0.02)
    assert is_listening(path)

    assert end_listener(path, signal.SIGKILL, within_seconds=5)

    assert not is_listening(path)
    assert stubborn.wait() == -signal.SIGKILL
