"""Visitors that leave at any moment leave nothing behind: point 11 of the correctness list, and 15, the loop's rules."""

import asyncio
import random

import pytest

from support.apps import OK, running_app
from support.visitors import get, visiting
from support.waiting import eventually
from support.workers import running_worker

UPGRADE = get("/ws", fields="Connection: Upgrade\r\nUpgrade: websocket\r\n")
SWITCHING = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n"
# What a visitor sends before it leaves, one for each state that its connection can be in.
STATES = {
    "connected": b"",
    "in a head": b"GET / HTTP/1.1\r\nHost:",
    "in a body": get("/drain", method="POST", fields="Content-Length: 100000\r\n") + b"x" * 1000,
    "in a chunk": get("/drain", method="POST", fields="Transfer-Encoding: chunked\r\n") + b"fff\r\nxxx",
    "waiting": get("/never"),
    "waiting with more to ask": get("/never") + get("/never"),
    "in a response": get("/endless"),
    "in chunks": get("/chunks"),
    "in a stream": get("/events"),
    "in a tunnel": UPGRADE,
    "after an answer": get("/ok"),
    "after an error": b"NONSENSE\r\n\r\n",
}


async def answer(exchange):
    if exchange.path == "/ok":
        await exchange.send(OK)
    elif exchange.path == "/endless":
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nabc")
        await exchange.ended()
    elif exchange.path == "/chunks":
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        await exchange.ended()
    elif exchange.path == "/events":
        await exchange.send(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"
        )
        await exchange.ended()
    elif exchange.path == "/ws":
        await exchange.send(SWITCHING)
        await exchange.ended()
    else:
        await exchange.ended()


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("how", ["abort", "close"])
async def test_a_visitor_that_leaves_leaves_nothing_behind(state, how):
    # A complete request is answered although its visitor seems gone (it may have closed its half only): until a deadline.
    limits = {"answer_seconds": 0.3, "linger_seconds": 0.2, "response_body_seconds": 0.3}
    async with running_app(answer) as app, running_worker(limits=limits) as worker:
        await worker.serve(app.port)
        descriptors = worker.open_descriptors()
        async with visiting(worker.port) as visitor:
            await visitor.send(STATES[state])
            if b"/" in STATES[state] and state != "in a head":
                await eventually(lambda: app.exchanges)
            await worker.status()
            if how == "abort":
                visitor.writer.transport.abort()
            else:
                visitor.writer.close()
        await eventually(lambda: _is_clean(worker))
        await eventually(lambda: worker.open_descriptors() <= descriptors + app.open)


@pytest.mark.parametrize("seed", range(3))
async def test_any_order_of_events_leaves_nothing_behind(seed):
    dice = random.Random(seed)
    limits = {"answer_seconds": 0.3, "linger_seconds": 0.2, "upstream_idle_seconds": 0.2, "response_body_seconds": 0.3}
    async with running_app(answer) as app, running_worker(limits=limits) as worker:
        await worker.serve(app.port)
        descriptors = worker.open_descriptors()

        async def visit() -> None:
            async with visiting(worker.port) as visitor:
                for _ in range(dice.randint(1, 3)):
                    data = dice.choice(list(STATES.values()))
                    while data:
                        size = dice.randint(1, len(data))
                        await visitor.send(data[:size])
                        data = data[size:]
                        if dice.random() < 0.3:
                            await asyncio.wait_for(asyncio.shield(worker_turn()), 5)
                end = dice.randint(0, 2)
                if end == 0:
                    visitor.writer.write_eof()
                elif end == 1 and app.writers:
                    dice.choice(list(app.writers)).transport.abort()

        lock = asyncio.Lock()

        async def worker_turn() -> None:
            async with lock:
                await worker.status()

        for _ in range(5):
            results = await asyncio.gather(*(visit() for _ in range(30)), return_exceptions=True)
            assert all(isinstance(result, OSError | None) for result in results), results
        await eventually(lambda: _is_clean(worker))
        await eventually(lambda: worker.open_descriptors() == descriptors)
        async with visiting(worker.port) as visitor:
            assert (await visitor.ask(get("/ok"))).status == 200


async def _is_clean(worker) -> bool:
    status = await worker.status()
    return status["connections"] == 0 and set(status["in_flight"].values()) == {0}
