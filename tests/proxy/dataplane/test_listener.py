"""The private door: a pool asked for by name, else as any visitor is served."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from support.apps import running_app
from support.visitors import Visitor, get
from support.workers import Worker, pool, running_worker


@contextlib.asynccontextmanager
async def knocking(worker: Worker, line: bytes) -> AsyncIterator[Visitor]:
    reader, writer = await asyncio.open_unix_connection(worker.door)
    visitor = Visitor(reader, writer)
    await visitor.send(line)
    try:
        yield visitor
    finally:
        writer.transport.abort()


async def test_a_probe_is_answered_by_its_pool_whatever_the_host():
    async with running_app() as routed, running_app() as fresh, running_worker() as worker:
        await worker.table([pool("p1", routed.port), pool("p2", fresh.port)], {"app.test": "p1"})
        async with knocking(worker, b"PROBE p2\r\n") as visitor:
            for host in ("app.test", "unheard.test"):
                assert (await visitor.ask(get("/up", host=host))).status == 200
        async with knocking(worker, b"PROBE p1\r\n" + get("/up")) as visitor:
            assert (await visitor.response()).status == 200
        assert [exchange.field("host")[0] for exchange in fresh.exchanges] == ["app.test", "unheard.test"]
        assert fresh.exchanges[0].field("x-forwarded-for") == ["127.0.0.1"]
        assert len(routed.exchanges) == 1


async def test_the_line_may_come_in_pieces():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        async with knocking(worker, b"PRO") as visitor:
            for piece in (b"BE p", b"1\r", b"\n" + get()):
                await worker.status()
                await visitor.send(piece)
            assert (await visitor.response()).status == 200


async def test_a_pool_that_is_not_in_force_is_not_found():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        async with knocking(worker, b"PROBE p9\r\n") as visitor:
            assert (await visitor.ask(get())).status == 404


@pytest.mark.parametrize(
    "line", [b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", b"PROBE " + b"p" * 400, b"probe p1\r\n", b"\r\n"]
)
async def test_who_says_something_else_is_hung_up_on(line):
    async with running_worker() as worker, knocking(worker, line) as visitor:
        assert await visitor.is_ended()


async def test_a_probe_counts_as_a_request_of_its_pool():
    async def answer(exchange):
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        async with knocking(worker, b"PROBE p1\r\n" + get()):
            while not app.exchanges:
                await worker.status()
            assert await worker.requests_in_flight() == 1
