import socket
from pathlib import Path

from thakur.proxy.sockets import SocketDirectory


def test_a_socket_in_a_directory_with_a_long_path_takes_connections(tmp_path: Path) -> None:
    directory = SocketDirectory(tmp_path / ("long" * 30))
    listener = directory.listen("a.sock")

    with socket.socket(socket.AF_UNIX) as client:
        client.connect(directory.address("a.sock"))

    listener.close()
    directory.close()


def test_a_socket_that_a_dead_process_left_is_replaced(tmp_path: Path) -> None:
    directory = SocketDirectory(tmp_path)
    directory.listen("a.sock").close()

    directory.listen("a.sock").close()

    directory.close()


def test_the_directory_is_private_also_when_it_was_not(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    SocketDirectory(tmp_path).close()

    assert tmp_path.stat().st_mode & 0o777 == 0o700


def test_removing_what_is_not_there_is_fine(tmp_path: Path) -> None:
    directory = SocketDirectory(tmp_path)

    directory.remove("a.sock")

    directory.close()
