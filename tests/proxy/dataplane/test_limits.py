"""Limits, deadlines and slow visitors: point 7 of the correctness list."""

import asyncio
import contextlib
import time
from pathlib import Path

import pytest

from support.apps import running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import running_worker
from thakur.proxy.dataplane.limits import Limits


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (get(fields="X: " + "a" * 70_000 + "\r\n"), 431),
        (get(fields="X: " + "a" * 300_000), 431),
        (get(fields="".join(f"X-{number}: a\r\n" for number in range(100))), 431),
        (get("/" + "a" * 16_384), 414),
        (get("/" + "a" * 70_000), 414),
        (b"GET /" + b"a" * 20_000, 414),
    ],
)
async def test_a_head_beyond_the_limits_is_refused(request_bytes, status):
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        visitor.writer.write(request_bytes)
        response = await visitor.response()
        assert (response.status, response.closes) == (status, True)
        assert app.exchanges == []


async def test_a_head_within_the_limits_passes():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        fields = "".join(f"X-{number}: {'a' * 400}\r\n" for number in range(99))
        assert (await ask(worker.port, get("/" + "a" * 16_383, fields=fields))).status == 200


async def test_a_head_that_drips_is_refused_at_its_deadline():
    async with running_worker(limits={"head_seconds": 0.3}) as worker, visiting(worker.port) as visitor:
        started = time.monotonic()
        answer = asyncio.get_running_loop().create_task(visitor.response())
        for byte in get() * 3:
            if answer.done():
                break
            await visitor.send(bytes([byte]))
            await asyncio.wait([answer], timeout=0.02)
            if byte == 0x0A:
                break
        else:
            pytest.fail("unreachable")
        response = await answer
        assert (response.status, response.closes) == (408, True)
        assert time.monotonic() - started > 0.2


async def test_an_idle_connection_is_closed_without_a_word():
    async with running_worker(limits={"idle_seconds": 0.1}) as worker, visiting(worker.port) as visitor:
        assert await visitor.is_ended()
        await eventually(lambda: _connections(worker, 0))


async def test_a_body_that_stops_is_refused_at_its_deadline():
    async def answer(exchange):
        await exchange.ended()

    async with running_app(answer) as app, running_worker(limits={"request_body_seconds": 0.2}) as worker:
        await worker.serve(app.port)
        for fields, part in (("Content-Length: 9\r\n", b"abc"), ("Transfer-Encoding: chunked\r\n", b"5\r\nab")):
            response = await ask(worker.port, get(method="POST", fields=fields) + part)
            assert (response.status, response.closes) == (408, True)
        assert await worker.requests_in_flight() == 0


async def test_a_body_that_goes_on_is_not_late():
    async with (
        running_app() as app,
        running_worker(limits={"request_body_seconds": 0.3}) as worker,
        visiting(worker.port) as visitor,
    ):
        await worker.serve(app.port)
        await visitor.send(get(method="POST", fields="Content-Length: 8\r\n"))
        for _ in range(8):
            await visitor.send(b"x")
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.1)
        assert (await visitor.response()).status == 200


async def test_beyond_the_most_connections_visitors_wait_and_are_served_later():
    async with running_app() as app, running_worker(limits={"connections": 2}) as worker:
        await worker.serve(app.port)
        async with visiting(worker.port) as first, visiting(worker.port) as second, visiting(worker.port) as third:
            await first.ask(get())
            await second.ask(get())
            await third.send(get())
            answer = asyncio.get_running_loop().create_task(third.response())
            await asyncio.wait([answer], timeout=0.2)
            assert not answer.done()
            first.writer.close()
            assert (await answer).status == 200


async def test_no_descriptors_left_does_not_make_the_worker_spin():
    async with (
        running_app() as app,
        running_worker(
            program=("prlimit", "--nofile=24:24", "python3", "-I", "-S"), limits={"connections": 1000}
        ) as worker,
    ):
        await worker.serve(app.port)
        async with visiting(worker.port) as early:
            assert (await early.ask(get())).status == 200
            crowd = [await asyncio.open_connection("127.0.0.1", worker.port) for _ in range(30)]
            await eventually(lambda: "no descriptor for a visitor" in worker.journal())
            before = _cpu_seconds(worker)
            await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.5)
            assert _cpu_seconds(worker) - before < 0.2
            for _, writer in crowd:
                writer.transport.abort()
            assert (await ask(worker.port, get())).status == 200


def test_a_limit_is_overridden_by_name_and_keeps_its_type():
    limits = Limits()
    limits.override("head_bytes=100")
    limits.override("idle_seconds=0.5")
    assert (limits.head_bytes, limits.idle_seconds) == (100, 0.5)
    with pytest.raises(ValueError, match="no limit"):
        limits.override("nonsense=1")


def _cpu_seconds(worker) -> float:
    return int(Path(f"/proc/{worker.process.pid}/schedstat").read_text().split()[0]) / 1e9


async def _connections(worker, count: int) -> bool:
    return (await worker.status())["connections"] == count


async def _in_flight(worker, count: int) -> bool:
    return await worker.requests_in_flight() == count


async def test_one_address_cannot_take_every_place():
    async with running_app() as app, running_worker(limits={"address_connections": 2}) as worker:
        await worker.serve(app.port)
        async with visiting(worker.port) as first, visiting(worker.port) as second:
            for visitor in (first, second):
                assert (await visitor.ask(get())).status == 200
            async with visiting(worker.port) as third:
                assert await third.is_ended()
            assert (await first.ask(get())).status == 200, "who is there stays"
        await eventually(lambda: is_welcome(worker.port))


async def is_welcome(port):
    async with visiting(port) as visitor:
        with contextlib.suppress(OSError, EOFError):
            return (await visitor.ask(get())).status == 200
