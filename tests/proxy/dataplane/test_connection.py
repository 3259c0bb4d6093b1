"""Backpressure: whoever is slow slows the other side down, and the worker holds little: point 10 of the correctness list."""

import asyncio

from support.apps import running_app
from support.visitors import get, visiting
from support.waiting import eventually
from support.workers import running_worker

SIZE = 64 * 1024 * 1024
SPARE = 4 * 1024 * 1024
PIECE = b"x" * 65536


async def test_a_slow_visitor_slows_the_application_down():
    sent = 0

    async def answer(exchange):
        nonlocal sent
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        for _ in range(SIZE // len(PIECE)):
            await exchange.send(PIECE)
            sent += len(PIECE)

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        visitor.writer.transport.pause_reading()
        await visitor.send(get())
        before = worker.memory_bytes()
        await _standstill(lambda: sent)
        assert 0 < sent < SIZE
        assert worker.memory_bytes() - before < SPARE
        visitor.writer.transport.resume_reading()
        assert len((await visitor.response()).body) == SIZE
        assert worker.memory_bytes() - before < SPARE


async def test_a_slow_application_slows_the_visitor_down():
    sent = 0
    is_released = False

    async def answer(exchange):
        await eventually(lambda: is_released)
        size = 0
        while size < SIZE:
            size += len(await exchange.reader.read(65536))
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")

    async def upload(visitor):
        nonlocal sent
        for _ in range(SIZE // len(PIECE)):
            await visitor.send(PIECE)
            sent += len(PIECE)

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(get(method="POST", fields=f"Content-Length: {SIZE}\r\n"))
        before = worker.memory_bytes()
        task = asyncio.get_running_loop().create_task(upload(visitor))
        await _standstill(lambda: sent)
        assert 0 < sent < SIZE
        assert worker.memory_bytes() - before < SPARE
        is_released = True
        await task
        assert (await visitor.response()).body == b"ok"


async def test_chunks_are_held_back_as_well():
    chunk = b"10000\r\n" + PIECE + b"\r\n"
    count = SIZE // len(PIECE)
    sent = 0

    async def answer(exchange):
        nonlocal sent
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for _ in range(count):
            await exchange.send(chunk)
            sent += 1
        await exchange.send(b"0\r\n\r\n")

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        visitor.writer.transport.pause_reading()
        await visitor.send(get())
        await _standstill(lambda: sent)
        assert 0 < sent < count
        visitor.writer.transport.resume_reading()
        assert len((await visitor.response()).body) == SIZE


async def test_a_visitor_who_reads_slowly_and_leaves_frees_the_application():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % SIZE)
        while True:
            await exchange.send(PIECE)

    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        async with visiting(worker.port) as visitor:
            visitor.writer.transport.pause_reading()
            await visitor.send(get())
            await eventually(lambda: app.exchanges)
        await eventually(lambda: app.open == 0)
        assert await worker.requests_in_flight() == 0


async def _standstill(progress) -> None:
    seen = -1
    while progress() != seen or seen == 0:
        seen = progress()
        await asyncio.wait([asyncio.get_running_loop().create_future()], timeout=0.2)
