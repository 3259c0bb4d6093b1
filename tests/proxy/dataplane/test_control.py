"""Orders to a worker: tables, drains, cuts, and leaving without losing a request."""

import asyncio
import contextlib
import errno
import os
import signal
import socket

import pytest

from support.apps import OK, App, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import KEY, Controller, pool, running_worker
from thakur.proxy.dataplane.wire import VERSION
from thakur.proxy.handover import take_over
from thakur.proxy.link import LinkLost

STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n7\r\ndata:1\n\r\n"
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
UPGRADE = get("/ws", fields="Connection: Upgrade\r\nUpgrade: websocket\r\n")


async def held(exchange):
    """Answer when the test says so."""
    await eventually(lambda: exchange.app.is_released)
    await exchange.send(OK)


def hold(app: App) -> None:
    app.is_released = False


async def test_a_wrong_key_closes_the_connection_and_changes_nothing():
    async with running_worker() as worker:
        stranger = await Controller.connect(worker.orders, key="wrong")
        with pytest.raises(ConnectionError):
            await stranger.receive("hello")
        stranger.close()
        hasty = await Controller.connect(worker.orders, key="")
        with contextlib.suppress(ConnectionError):
            await hasty.send(kind="status")
        hasty.close()
        assert (await worker.status())["version"] == 1


async def test_a_newer_controller_replaces_the_older():
    async with running_worker() as worker:
        newer = await Controller.connect(worker.orders)
        hello = await newer.receive("hello")
        assert (hello["version"], hello["pid"]) == (1, worker.process.pid)
        with pytest.raises(ConnectionError):
            await worker.controller.receive("never")
        await newer.send(kind="status")
        assert (await newer.receive("status"))["connections"] == 0
        newer.close()


async def test_a_stranger_who_says_nothing_is_hung_up_on():
    async with running_worker(limits={"hello_seconds": 0.5}) as worker:
        reader, writer = await asyncio.open_unix_connection(worker.orders)
        assert await reader.read() == b""
        writer.transport.abort()


async def test_orders_that_make_no_sense_cost_the_connection_only():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        for nonsense in (b"\0\0\0\2[]", b"\xff\xff\xff\xff", b'\0\0\0\x10{"kind":"table"}'):
            controller = await Controller.connect(worker.orders)
            await controller.receive("hello")
            controller._writer.write(nonsense)
            with pytest.raises(ConnectionError):
                await controller.receive("ack")
            controller.close()
        assert (await ask(worker.port, get())).status == 200


async def test_visitors_wait_until_there_is_a_table():
    async with running_app() as app, running_worker(has_table=False) as worker, visiting(worker.port) as visitor:
        await visitor.send(get())
        assert (await worker.status())["connections"] == 0
        await worker.serve(app.port)
        assert (await visitor.response()).status == 200


async def test_requests_and_streams_are_cut_apart_and_counted_together():
    async def answer(exchange):
        if exchange.path == "/ws":
            await exchange.send(SWITCHING)
        elif exchange.path == "/events":
            await exchange.send(STREAM)
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, contextlib.AsyncExitStack() as stack:
        await worker.serve(app.port)
        plain, tunnel, events = [await stack.enter_async_context(visiting(worker.port)) for _ in range(3)]
        await plain.send(get())
        assert (await tunnel.ask(UPGRADE)).status == 101
        await events.send(get("/events"))
        assert await events.reader.readuntil(b"data:1\n\r\n")
        await eventually(lambda: len(app.exchanges) == 3)
        await worker.table([], {})
        await worker.controller.send(kind="drain", pool="p1")
        await worker.controller.send(kind="cut", pool="p1", what="requests")
        assert (await plain.response()).status == 504
        assert (await worker.status())["in_flight"] == {"p1": 2}
        await worker.controller.send(kind="cut", pool="p1", what="streams")
        assert await worker.controller.receive("drained") == {"kind": "drained", "pool": "p1", "cut": 3}
        assert await tunnel.is_ended()
        assert await events.is_ended()
        await eventually(lambda: app.open == 0)


async def test_an_event_stream_ends_with_its_visitor():
    async def answer(exchange):
        await exchange.send(STREAM)
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        async with visiting(worker.port) as visitor:
            await visitor.send(get())
            await visitor.reader.readuntil(b"data:1\n\r\n")
            visitor.writer.close()
            await eventually(lambda: app.open == 0)
        assert await worker.requests_in_flight() == 0


async def test_a_worker_that_leaves_tells_every_visitor_first():
    async with running_app(held) as app, running_worker() as worker:
        hold(app)
        await worker.serve(app.port)
        async with visiting(worker.port) as busy, visiting(worker.port) as idle:
            app.is_released = True
            assert not (await idle.ask(get())).closes
            app.is_released = False
            await busy.send(get())
            await eventually(lambda: len(app.exchanges) == 2)
            await worker.controller.send(kind="leave")
            await eventually(lambda: _refuses(worker.port))
            app.is_released = True
            response = await busy.response()
            assert (response.status, response.closes) == (200, True)
            response = await idle.ask(get())
            assert (response.status, response.closes) == (200, True)
        await eventually(lambda: worker.process.poll() == 0)


async def test_a_worker_without_visitors_leaves_at_once():
    async with running_worker() as worker:
        await worker.controller.send(kind="leave")
        await eventually(lambda: worker.process.poll() == 0)


async def test_a_worker_that_leaves_is_hurried_by_the_first_signal_and_ended_by_the_second():
    async with running_app(held) as app, running_worker() as worker:
        hold(app)
        await worker.serve(app.port)
        async with visiting(worker.port) as busy:
            await busy.send(get())
            await eventually(lambda: app.exchanges)
            await worker.controller.send(kind="leave")
            worker.process.send_signal(signal.SIGTERM)
            await worker.status()
            app.is_released = True
            assert (await busy.response()).status == 200
        await eventually(lambda: worker.process.poll() == 0)


async def test_a_worker_hands_over_what_it_listens_on():
    async with running_worker() as worker:
        await worker.table([], {})
        given = await asyncio.to_thread(take_over, worker.orders, KEY)
        assert (given.version, given.pid, given.table) == (VERSION, worker.process.pid, worker.version)
        assert given.visitors.getsockname()[1] == worker.port
        assert (given.control.getsockname(), given.door.getsockname()) == (worker.orders, worker.door)
        assert not os.get_inheritable(given.visitors.fileno())
        assert (await ask(worker.port, get())).status == 404, "it goes on serving"
        worker.process.kill()
        worker.process.wait()
        async with visiting(worker.port):
            given.visitors.accept()[0].close()
        given.close()
        assert _refuses(worker.port)


async def test_a_worker_that_is_leaving_has_nothing_to_hand_over():
    async with running_app(held) as app, running_worker() as worker:
        hold(app)
        await worker.serve(app.port)
        async with visiting(worker.port) as busy:
            await busy.send(get())
            await eventually(lambda: app.exchanges)
            await worker.controller.send(kind="leave")
            await worker.status()
            with pytest.raises(LinkLost):
                await asyncio.to_thread(take_over, worker.orders, KEY)
            app.is_released = True
            await busy.response()


async def test_a_terminated_worker_finishes_what_it_has_and_does_not_wait_for_the_idle():
    async with running_app(held) as app, running_worker(limits={"leave_idle_seconds": 0.1}) as worker:
        hold(app)
        await worker.serve(app.port)
        async with visiting(worker.port) as busy, visiting(worker.port) as idle:
            await busy.send(get())
            await eventually(lambda: _has_connections(worker, 2))
            worker.process.send_signal(signal.SIGTERM)
            assert await idle.is_ended()
            app.is_released = True
            assert (await busy.response()).status == 200
            await eventually(lambda: worker.process.poll() == 0)


@pytest.mark.parametrize("signals", [1, 2])
async def test_a_terminated_worker_does_not_wait_for_ever(signals):
    async with (
        running_app(lambda exchange: exchange.ended()) as app,
        running_worker(limits={"leave_seconds": 0.3}) as worker,
    ):
        await worker.serve(app.port)
        async with visiting(worker.port) as busy:
            await busy.send(get())
            await eventually(lambda: app.exchanges)
            for _ in range(signals):
                worker.process.send_signal(signal.SIGTERM)
            await eventually(lambda: worker.process.poll() == 0)


async def test_a_table_of_ten_thousand_hosts_is_in_force_quickly():
    async with running_app() as app, running_worker() as worker:
        pools = [pool(f"p{number}", app.port) for number in range(10_000)]
        routes = {f"app-{number}.test": f"p{number}" for number in range(10_000)}
        await worker.table(pools, routes)
        assert (await ask(worker.port, get(host="app-9999.test"))).status == 200


def _refuses(port: int) -> bool:
    with socket.socket() as sock:
        return sock.connect_ex(("127.0.0.1", port)) == errno.ECONNREFUSED


async def _has_connections(worker, count: int) -> bool:
    return (await worker.status())["connections"] == count
