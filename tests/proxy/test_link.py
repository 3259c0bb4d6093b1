import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from thakur.proxy.dataplane.wire import VERSION, Decoder, Message, encode
from thakur.proxy.link import Link, LinkLost

Answer = Callable[[Message], list[bytes] | None]
HELLO = {"kind": "hello", "version": VERSION, "pid": 1}


@asynccontextmanager
async def worker(tmp_path: Path, answer: Answer) -> AsyncIterator[str]:
    talks = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks.append(asyncio.current_task())
        decoder = Decoder()
        while data := await reader.read(1000):
            for message in decoder.feed(data):
                pieces = [encode(HELLO)] if message["kind"] == "hello" else answer(message)
                if pieces is None:
                    writer.close()
                    return
                for piece in pieces:
                    writer.write(piece)
                    await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(talk, tmp_path / "c.sock")
    yield str(tmp_path / "c.sock")
    server.close()
    await asyncio.gather(*talks)


async def test_an_answer_may_arrive_byte_by_byte(tmp_path: Path) -> None:
    def slowly(message: Message) -> list[bytes]:
        return [bytes([byte]) for byte in encode({"kind": "ack", "version": message["version"]})]

    async with worker(tmp_path, slowly) as address:
        link = await Link.open(address, "key")
        await link.install({"kind": "table", "version": 7})
        link.close()


async def test_answers_find_their_questions_in_any_order(tmp_path: Path) -> None:
    asked: list[str] = []

    def backwards(message: Message) -> list[bytes]:
        asked.append(message["pool"])
        if len(asked) < 2:
            return []
        return [encode({"kind": "drained", "pool": pool, "cut": len(pool)}) for pool in reversed(asked)]

    async with worker(tmp_path, backwards) as address:
        link = await Link.open(address, "key")
        cuts = await asyncio.gather(link.drain("a"), link.drain("bbb"))
        link.close()

    assert cuts == [1, 3]


async def test_a_worker_that_hangs_up_ends_every_wait(tmp_path: Path) -> None:
    told = []
    async with worker(tmp_path, lambda _: None) as address:
        link = await Link.open(address, "key")
        link.when_lost(lambda: told.append("lost"))
        waits = [link.install({"kind": "table", "version": 1}), link.drain("p"), link.status()]
        ends = await asyncio.gather(*waits, return_exceptions=True)

    assert [type(end) for end in ends] == [LinkLost] * 3
    assert link.is_lost
    assert told == ["lost"]


async def test_nonsense_ends_the_connection(tmp_path: Path) -> None:
    async with worker(tmp_path, lambda _: [b"\xff\xff\xff\xff"]) as address:
        link = await Link.open(address, "key")
        with pytest.raises(LinkLost):
            await link.status()


async def test_a_lost_link_takes_no_orders(tmp_path: Path) -> None:
    async with worker(tmp_path, lambda _: []) as address:
        link = await Link.open(address, "key")
        link.close()

        with pytest.raises(LinkLost):
            await link.drain("p")
        link.cut("p", "requests")
        link.leave()


async def test_a_worker_that_speaks_another_version_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(HELLO, "version", VERSION + 1)
    async with worker(tmp_path, lambda _: []) as address:
        with pytest.raises(LinkLost):
            await Link.open(address, "key")


async def test_nobody_at_the_address_is_a_lost_link(tmp_path: Path) -> None:
    with pytest.raises(LinkLost):
        await Link.open(str(tmp_path / "none.sock"), "key")
