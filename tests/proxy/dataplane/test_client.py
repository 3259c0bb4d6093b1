"""A visitor's connection and its end: point 8 of the correctness list, the half-closed connection."""

import socket
import struct

from support.apps import OK, running_app
from support.visitors import get, visiting
from support.waiting import eventually
from support.workers import running_worker


async def test_a_visitor_that_does_not_read_is_cut_off():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 40000000\r\n\r\n" + b"x" * 40_000_000
    limits = {"client_write_seconds": 0.2}
    async with running_app(data) as app, running_worker(limits=limits) as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        visitor.writer.transport.pause_reading()
        await visitor.send(get())
        await eventually(lambda: _in_flight(worker, 1))
        await eventually(lambda: _connections(worker, 0))
        assert await worker.requests_in_flight() == 0


async def test_a_complete_request_of_a_half_closed_connection_is_answered():
    async def answer(exchange):
        await exchange.read_body()
        await eventually(lambda: exchange.app.is_released)
        await exchange.send(OK)

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        app.is_released = False
        await worker.serve(app.port)
        await visitor.send(get() + get())
        visitor.writer.write_eof()
        await eventually(lambda: app.exchanges)
        await worker.status()
        app.is_released = True
        assert (await visitor.response()).body == b"ok"
        assert (await visitor.response()).body == b"ok"
        assert await visitor.is_ended()
        assert (await worker.status())["connections"] == 0


async def test_half_a_request_of_a_half_closed_connection_is_dropped():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(get(method="POST", fields="Content-Length: 9\r\n") + b"abc")
        visitor.writer.write_eof()
        assert await visitor.is_ended()
        await eventually(lambda: _in_flight(worker, 0))
        await eventually(lambda: app.open == 0)


async def _connections(worker, count: int) -> bool:
    return (await worker.status())["connections"] == count


async def _in_flight(worker, count: int) -> bool:
    return await worker.requests_in_flight() == count


async def test_a_visitor_that_is_sent_away_may_finish_what_it_says():
    async with running_worker(limits={"leave_idle_seconds": 5}) as worker, visiting(worker.port) as visitor:
        response = await visitor.ask(get(host="none.test", method="POST", fields="Content-Length: 1000000\r\n"))
        assert (response.status, response.closes) == (404, True)
        for _ in range(15):
            await visitor.send(b"x" * 65536)
            await worker.status()
        visitor.writer.write_eof()
        assert await visitor.reader.read() == b""  # an end, and no reset
        await eventually(lambda: _connections(worker, 0))


async def test_a_visitor_that_does_not_leave_is_not_waited_for():
    async with running_worker(limits={"linger_seconds": 0.2}) as worker, visiting(worker.port) as visitor:
        assert (await visitor.ask(b"NONSENSE\r\n\r\n")).status == 400
        await eventually(lambda: _connections(worker, 0))


async def test_a_visitor_that_is_gone_after_its_half_is_not_waited_for():
    async def answer(exchange):
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(get())
        visitor.writer.write_eof()
        await eventually(lambda: app.exchanges)
        await worker.status()
        sock = visitor.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        visitor.writer.transport.abort()
        await eventually(lambda: app.open == 0)
        assert await worker.requests_in_flight() == 0
