import asyncio
import socket
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server

from support.seams import KEY, Courier, LocalCourier, Parcel, serve_seam
from thakur.seam import Peer, PeerAbsent, SeamApp, client, mount


async def test_a_socket_may_lie_deep(tmp_path: Path) -> None:
    directory = tmp_path / ("deep" * 30)
    directory.mkdir()
    peer = Peer(directory / "seam.sock", KEY)
    async with serve_seam(SeamApp(mount(Courier, LocalCourier(), KEY)), directory / "seam.sock"):
        assert await client(Courier, peer).swap(Parcel())
        held = _descriptors(directory)
        await peer.close()
        await peer.close()
        assert len(held) == len(_descriptors(directory)) + 1


def _descriptors(directory: Path) -> list[Path]:
    return [link for link in Path("/proc/self/fd").iterdir() if link.exists() and link.resolve() == directory]


async def test_a_directory_that_is_not_there_is_nobody(tmp_path: Path) -> None:
    for name in ("absent", "absent" * 30):
        peer = Peer(tmp_path / name / "seam.sock", KEY, retry_seconds=0.0)
        with pytest.raises(PeerAbsent):
            await client(Courier, peer).count()
        await peer.close()


async def test_a_closed_peer_opens_again(tmp_path: Path) -> None:
    peer = Peer(tmp_path / "seam.sock", KEY)
    courier = client(Courier, peer)
    async with serve_seam(SeamApp(mount(Courier, LocalCourier(), KEY)), tmp_path / "seam.sock"):
        assert await courier.count() == 1
        await peer.close()
        assert await courier.count() == 2
        await peer.close()


def test_the_marks_cost_no_import_of_the_client() -> None:
    program = """
import sys
import thakur.runtime, thakur.builds, thakur.logs
print([name for name in ("aiohttp", "thakur.seam.caller", "thakur.seam.server") if name in sys.modules])
from thakur.seam import Key, Peer, SeamApp, client, mount
print([name for name in ("sqlalchemy", "litestar", "psycopg", "redis", "arq") if name in sys.modules])
"""
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout

    assert told.split("\n")[:2] == ["[]", "[]"]


async def test_a_peer_on_another_host_is_an_address() -> None:
    server = Server(
        SeamApp(mount(Courier, LocalCourier(), KEY)),
        port=(port := _free_port()),
        interface=Interfaces.ASGI,
        log_enabled=False,
        websockets=False,
    )
    async with AsyncExitStack() as stack:
        serving = asyncio.get_running_loop().create_task(server.serve())
        stack.push_async_callback(asyncio.wait_for, serving, 5)
        stack.callback(server.stop)
        peer = Peer(f"http://127.0.0.1:{port}", KEY)
        stack.push_async_callback(peer.close)

        assert await client(Courier, peer).swap(Parcel()) == [Parcel()]
        assert [chunk async for chunk in client(Courier, peer).fetch((b"a", b"b"))] == [b"a", b"b"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
