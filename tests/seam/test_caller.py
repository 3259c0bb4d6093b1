import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.seams import KEY, Courier, LocalCourier, Parcel, answering, serve_seam
from support.waiting import eventually
from thakur.errors import Unauthenticated, Unavailable
from thakur.seam import DeadlineMissed, Key, Peer, PeerAbsent, PeerFailed, SeamApp, SeamBroken, client, mount
from thakur.seam.contract import contract
from thakur.seam.frames import Frame, pack_frame
from thakur.seam.interface import RESULT_BYTES

HEAD = b"HTTP/1.1 200 OK\r\nx-thakur-seam: 1\r\n"
ITEM = pack_frame(Frame.ITEM, contract(Courier)["follow"].pack_result(Parcel(text="one")))
RETRY_SECONDS = 0.4


@pytest.fixture
def local() -> LocalCourier:
    return LocalCourier()


@pytest.fixture
def socket(tmp_path: Path) -> Path:
    return tmp_path / "seam.sock"


@pytest.fixture
async def courier(socket: Path) -> AsyncIterator[Courier]:
    peer = Peer(socket, KEY)
    yield client(Courier, peer)
    await peer.close()


def answer(body: bytes) -> bytes:
    return HEAD + f"content-length: {len(body)}\r\n\r\n".encode() + body


async def _nothing() -> AsyncIterator[bytes]:
    for _ in ():
        yield b""


async def test_nobody_there_is_told_after_some_tries(socket: Path) -> None:
    peer = Peer(socket, KEY, retry_seconds=RETRY_SECONDS)
    courier = client(Courier, peer)
    calls: list[Any] = [courier.swap(Parcel()), courier.count(), courier.send(_nothing(), digest="")]
    began = time.monotonic()
    failures = await asyncio.gather(*calls, anext(courier.follow(1)), return_exceptions=True)
    tried_seconds = time.monotonic() - began
    await peer.close()

    assert [type(failure) for failure in failures] == [PeerAbsent] * 4
    assert isinstance(failures[0], Unavailable)
    assert str(socket) in str(failures[0])
    assert tried_seconds > RETRY_SECONDS / 4


async def test_a_call_waits_for_a_server_that_is_coming(courier: Courier, local: LocalCourier, socket: Path) -> None:
    call = asyncio.ensure_future(courier.count())
    await asyncio.sleep(0)

    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        assert await call == 1


async def test_calls_outlive_a_server_that_is_replaced(courier: Courier, local: LocalCourier, socket: Path) -> None:
    for _ in range(2):
        async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
            assert await courier.swap(Parcel())
            assert [parcel async for parcel in courier.follow(1)]


async def test_a_stream_that_ended_leaves_its_connection_to_the_next_call(local: LocalCourier, socket: Path) -> None:
    peer = Peer(socket, KEY)
    courier = client(Courier, peer)
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        for _ in range(3):
            assert [parcel async for parcel in courier.follow(2)]
            await courier.count()

        assert peer._session
        assert peer._session.connector
        assert [len(idle) for idle in peer._session.connector._conns.values()] == [1]
        await peer.close()


async def test_only_what_may_be_repeated_is_repeated(courier: Courier, socket: Path) -> None:
    swapped = contract(Courier)["swap"].pack_result([])
    async with answering(socket, b"", HEAD, answer(swapped)) as asked:
        assert await courier.swap(Parcel()) == []
        assert len(asked) == 3
    signatures = [line for call in asked for line in call.split(b"\r\n") if line.startswith(b"x-thakur-signature")]
    assert len(set(signatures)) == 3

    async with answering(socket, b"") as asked:
        with pytest.raises(SeamBroken):
            await courier.count()
        assert len(asked) == 1


async def test_an_answer_of_503_is_asked_again(courier: Courier, local: LocalCourier, socket: Path) -> None:
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        assert await courier.fail_once("away") == 2
        with pytest.raises(Unavailable, match="van"):
            await courier.fail("away")
        assert local.calls == 3


async def test_other_failures_are_final(courier: Courier, local: LocalCourier, socket: Path) -> None:
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        with pytest.raises(PeerFailed):
            await courier.fail_once("bug")
    assert local.calls == 1


async def test_a_missed_deadline_cancels_the_implementation(
    courier: Courier, local: LocalCourier, socket: Path
) -> None:
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        with pytest.raises(DeadlineMissed, match="hurry"):
            await courier.hurry()

        await eventually(lambda: local.canceled == 1)
        assert local.waiting == 1


async def test_a_wrong_key_is_told_at_once(local: LocalCourier, socket: Path) -> None:
    stranger = Peer(socket, Key("edge", b"x" * 32))
    courier = client(Courier, stranger)
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        with pytest.raises(Unauthenticated):
            await courier.swap(Parcel())
        with pytest.raises(Unauthenticated):
            await anext(courier.follow(1))
        with pytest.raises(Unauthenticated):
            await courier.send(_nothing(), digest="")
        await stranger.close()
    assert local.calls == 0


@pytest.mark.parametrize("cut", [b"", ITEM[:3], ITEM[:-1], pack_frame(Frame.ALIVE)])
async def test_a_stream_that_is_cut_has_not_ended(courier: Courier, socket: Path, cut: bytes) -> None:
    async with answering(socket, HEAD + b"\r\n" + ITEM + cut):
        stream = courier.follow(1)
        assert (await anext(stream)).text == "one"
        with pytest.raises(SeamBroken, match="cut"):
            await anext(stream)


async def test_a_stream_without_a_word_is_given_up(
    courier: Courier, socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thakur.seam.caller.SILENCE_SECONDS", 0.05)

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(HEAD + b"\r\n" + ITEM)
        await reader.read()
        await reader.read()
        writer.close()

    async with await asyncio.start_unix_server(silent, socket):
        with pytest.raises(DeadlineMissed, match="silent"):
            _ = [parcel async for parcel in courier.follow(1)]


async def test_a_stream_with_nothing_to_say_says_that_it_is_alive(
    courier: Courier, local: LocalCourier, socket: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("thakur.seam.caller.SILENCE_SECONDS", 1.0)
    monkeypatch.setattr("thakur.seam.exchange.ALIVE_SECONDS", 0.01)
    async with serve_seam(SeamApp(mount(Courier, local, KEY)), socket):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(1.5):
                _ = [parcel async for parcel in courier.follow(0, "wait")]
        await eventually(lambda: local.canceled == 1)


@pytest.mark.parametrize(
    "said",
    [
        answer(b"\xc1"),
        answer(contract(Courier)["count"].pack_result("two")),
        b"HTTP/1.1 500 Oops\r\nx-thakur-seam: 1\r\n\r\nnothing to read",
        HEAD + f"content-length: {RESULT_BYTES + 1}\r\n\r\n".encode() + bytes(RESULT_BYTES + 1),
    ],
    ids=["no msgpack", "another type", "no error", "too long"],
)
async def test_an_answer_that_cannot_be_read_is_the_peers_fault(courier: Courier, socket: Path, said: bytes) -> None:
    async with answering(socket, said):
        with pytest.raises(PeerFailed):
            await courier.count()


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\n\r\n", b"HTTP/1.1 200 OK\r\nx-thakur-seam: 2\r\n\r\n", b"220 smtp\r\n"]
)
async def test_whoever_speaks_otherwise_is_not_understood(courier: Courier, socket: Path, head: bytes) -> None:
    async with answering(socket, head):
        with pytest.raises(SeamBroken):
            await courier.count()


async def test_a_client_says_where_it_leads(courier: Courier, socket: Path) -> None:
    assert repr(courier) == f"<Courier at {socket}>"
