"""Applications that fail: point 9 of the correctness list."""

import contextlib

import pytest

from support.apps import OK, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import running_worker


@pytest.mark.parametrize("end", ["close", "reset"])
async def test_a_reused_connection_that_dies_without_a_byte_is_replayed_once(end):
    async def answer(exchange):
        if len(exchange.app.exchanges) % 2 == 0 and exchange.app.accepted == len(exchange.app.exchanges) // 2:
            getattr(exchange, end)()
        else:
            await exchange.send(OK)

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(get())).status == 200
        assert (await visitor.ask(get())).status == 200
        assert (app.accepted, len(app.exchanges)) == (2, 3)
        assert await worker.requests_in_flight() == 0


async def test_a_replay_is_not_replayed():
    async def answer(exchange):
        if len(exchange.app.exchanges) == 1:
            await exchange.send(OK)
        else:
            exchange.close()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(get())).status == 200
        assert (await visitor.ask(get())).status == 502
        assert len(app.exchanges) == 3


@pytest.mark.parametrize(
    "request_bytes",
    [get(method="POST"), get(method="PUT", fields="Content-Length: 2\r\n") + b"ab", get(method="PATCH")],
)
async def test_what_must_not_happen_twice_is_not_replayed(request_bytes):
    async def answer(exchange):
        if len(exchange.app.exchanges) == 1:
            await exchange.send(OK)
        else:
            await exchange.read_body()
            exchange.close()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(get())).status == 200
        assert (await visitor.ask(request_bytes)).status == 502
        assert len(app.exchanges) == 2


async def test_a_fresh_connection_that_dies_is_not_replayed():
    async def answer(exchange):
        exchange.close()

    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        assert (await ask(worker.port, get())).status == 502
        assert len(app.exchanges) == 1


async def test_half_a_head_and_the_end_is_a_502():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-")
        exchange.close()

    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        assert (await ask(worker.port, get())).status == 502


@pytest.mark.parametrize(
    "start",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ],
)
@pytest.mark.parametrize("end", ["close", "reset"])
async def test_death_within_the_body_leaves_no_false_end(start, end):
    async def answer(exchange):
        await exchange.send(start)
        await eventually(lambda: exchange.app.is_released)
        getattr(exchange, end)()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        app.is_released = False
        await worker.serve(app.port)
        await visitor.send(get())
        await visitor.reader.readuntil(b"\r\n\r\n")
        app.is_released = True
        rest = b""
        with contextlib.suppress(ConnectionError):
            rest = await visitor.reader.read()
        assert b"0\r\n\r\n" not in rest
        assert len(rest) < 10
        assert await worker.requests_in_flight() == 0


async def test_an_answer_that_takes_too_long_is_a_504():
    async def answer(exchange):
        await exchange.ended()

    async with (
        running_app(answer) as app,
        running_worker(limits={"answer_seconds": 0.2}) as worker,
        visiting(worker.port) as visitor,
    ):
        await worker.serve(app.port)
        response = await visitor.ask(get(fields="Accept: text/html\r\n"))
        assert (response.status, response.closes) == (504, False)
        assert b"took too long" in response.body
        await eventually(lambda: app.open == 0)
        assert await worker.requests_in_flight() == 0


async def test_a_body_that_stops_is_cut():
    data = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc"
    async with running_app(data) as app, running_worker(limits={"response_body_seconds": 0.2}) as worker:
        await worker.serve(app.port)
        response = await ask(worker.port, get())
        assert (response.body, response.is_complete) == (b"abc", False)


async def test_idle_connections_are_given_up_before_the_application_does():
    async with (
        running_app() as app,
        running_worker(limits={"upstream_idle_seconds": 0.1}) as worker,
        visiting(worker.port) as visitor,
    ):
        await worker.serve(app.port)
        await visitor.ask(get())
        assert app.open == 1
        await eventually(lambda: app.open == 0)
        assert (await visitor.ask(get())).status == 200


async def test_a_connection_that_speaks_out_of_turn_is_not_used_again():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.ask(get())
        for writer in app.writers:
            writer.write(OK)
        await eventually(lambda: app.open == 0)
        assert (await visitor.ask(get("/2"))).status == 200
        assert app.accepted == 2
