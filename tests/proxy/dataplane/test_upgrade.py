"""Upgrades and the tunnels that they open: point 5 of the correctness list."""

import asyncio
import contextlib

from support.apps import running_app
from support.visitors import get, visiting
from support.waiting import eventually
from support.workers import running_worker

UPGRADE = get("/ws", fields="Connection: keep-alive, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\n")
SWITCHING = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: y\r\n\r\n"
)


async def echoing(exchange):
    await exchange.send(SWITCHING)
    while data := await exchange.reader.read(65536):
        await exchange.send(data)
    exchange.close()


async def test_bytes_go_both_ways():
    async with running_app(echoing) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(UPGRADE)
        assert (response.status, response.field("upgrade"), response.field("connection")) == (
            101,
            ["websocket"],
            ["upgrade"],
        )
        assert response.field("sec-websocket-accept") == ["y"]
        assert (app.exchanges[0].field("upgrade"), app.exchanges[0].field("connection")) == (["websocket"], ["upgrade"])
        for message in (b"one", b"two" * 100_000):
            visitor.writer.write(message)
            assert await visitor.reader.readexactly(len(message)) == message
        assert await worker.requests_in_flight() == 1


async def test_bytes_sent_together_with_the_handshake_are_not_lost():
    async def answer(exchange):
        await exchange.send(SWITCHING + b"welcome")
        assert await exchange.reader.readexactly(5) == b"early"
        await exchange.send(b"heard")
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(UPGRADE + b"early")).status == 101
        assert await visitor.reader.readexactly(12) == b"welcomeheard"


async def test_the_visitors_end_ends_the_application_s_side():
    async with running_app(echoing) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.ask(UPGRADE)
        visitor.writer.write_eof()
        await eventually(lambda: app.open == 0)
        assert await visitor.is_ended()
        assert await worker.requests_in_flight() == 0


async def test_the_applications_end_ends_the_visitor_s_side_after_the_last_word():
    async def answer(exchange):
        await exchange.send(SWITCHING)
        await exchange.send(b"bye" * 100_000)
        exchange.close()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.ask(UPGRADE)
        assert await visitor.reader.read() == b"bye" * 100_000
        await eventually(lambda: _is_idle(worker))


async def test_a_tunnel_is_not_bound_by_deadlines_for_requests():
    limits = {
        "answer_seconds": 0.1,
        "idle_seconds": 0.1,
        "request_body_seconds": 0.1,
        "response_body_seconds": 0.1,
        "upstream_idle_seconds": 0.1,
    }
    async with running_app(echoing) as app, running_worker(limits=limits) as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.ask(UPGRADE)
        assert not await _ends_within(visitor, 0.4)
        visitor.writer.write(b"still here")
        assert await visitor.reader.readexactly(10) == b"still here"


async def test_an_application_that_refuses_to_upgrade_answers_as_usual():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(UPGRADE)).body == b"ok"
        assert (await visitor.ask(get())).body == b"ok"
        assert app.accepted == 1


async def test_h2c_is_not_offered_to_the_application():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        fields = "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n"
        assert (await visitor.ask(get(fields=fields))).body == b"ok"
        exchange = app.exchanges[0]
        assert [exchange.field(name) for name in ("upgrade", "http2-settings", "connection")] == [[], [], []]


async def test_neither_side_can_flood_the_other():
    release = asyncio.Event()

    async def answer(exchange):
        await exchange.send(SWITCHING)
        await release.wait()
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.ask(UPGRADE)
        before = worker.memory_bytes()
        sent = 0
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.7):
                while True:
                    await visitor.send(b"x" * 1_000_000)
                    sent += 1_000_000
        assert sent < 100_000_000
        assert worker.memory_bytes() - before < 4_000_000
        release.set()


async def _is_idle(worker) -> bool:
    return await worker.requests_in_flight() == 0


async def _ends_within(visitor, seconds: float) -> bool:
    try:
        return await visitor.is_ended(within_seconds=seconds)
    except TimeoutError:
        return False
