import socket
from pathlib import Path

import pytest

from thakur.sockets import SocketDirectory


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    path = tmp_path / ("long" * 20) / ("path" * 20)
    path.mkdir(parents=True)
    return path


def test_a_short_path_is_used_as_it_is(tmp_path: Path) -> None:
    sockets = SocketDirectory(tmp_path, "socket")

    assert sockets.path == tmp_path
    sockets.close()


def test_a_socket_in_a_directory_with_a_long_path_takes_connections(deep: Path) -> None:
    sockets = SocketDirectory(deep, "a.sock")

    with sockets.listen("a.sock"), socket.socket(socket.AF_UNIX) as client:
        client.connect(sockets.address("a.sock"))

    assert (deep / "a.sock").is_socket()
    sockets.close()
    sockets.close()


def test_a_socket_that_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    sockets = SocketDirectory(tmp_path, "a.sock")
    sockets.listen("a.sock").close()

    sockets.listen("a.sock").close()


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    SocketDirectory(tmp_path, "a.sock").remove("a.sock")
