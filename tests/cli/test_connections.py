import os
import socket
from dataclasses import replace

import pytest

from thakur.cli.connections import open_connection
from thakur.cli.interface import ServerAbsent
from thakur.settings import ClientSettings


@pytest.fixture
def settings(data_dir):
    return ClientSettings.from_env()


def test_a_socket_on_a_long_path_is_reached(settings, tmp_path):
    data_dir = tmp_path / ("x" * 100) / ("y" * 100)
    (data_dir / "run").mkdir(parents=True)
    with socket.socket(socket.AF_UNIX) as listener:
        directory = os.open(data_dir / "run", os.O_PATH)
        listener.bind(f"/proc/self/fd/{directory}/local.sock")
        os.close(directory)
        listener.listen()
        open_connection(replace(settings, data_dir=data_dir), 1).close()


def test_a_socket_that_nobody_listens_on_is_no_server(settings, data_dir):
    (data_dir / "run").mkdir()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(data_dir / "run/local.sock"))
    with pytest.raises(ServerAbsent, match="No server runs on"):
        open_connection(settings, 1)


def test_a_url_that_nobody_answers_is_named(settings):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ServerAbsent, match=f"{url} cannot be reached: Connection refused"):
            open_connection(replace(settings, api_url=url), 1)
