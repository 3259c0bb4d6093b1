"""The switch from one table to the next: nothing is lost, and what was claimed is drained."""

import asyncio
import contextlib

from support.apps import OK, App, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import running_worker


async def held(exchange):
    """Answer when the test says so."""
    await eventually(lambda: exchange.app.is_released)
    await exchange.send(OK)


def hold(app: App) -> None:
    app.is_released = False


async def test_a_switch_takes_effect_with_its_acknowledgement():
    limits = {"upstream_idle_seconds": 60}
    async with (
        running_app() as old,
        running_app() as new,
        running_worker(limits=limits) as worker,
        visiting(worker.port) as visitor,
    ):
        await worker.serve(old.port, pool_id="p1")
        assert (await visitor.ask(get())).status == 200
        await worker.serve(new.port, pool_id="p2")
        assert (await visitor.ask(get())).status == 200
        assert (len(old.exchanges), len(new.exchanges)) == (1, 1)
        await eventually(lambda: old.open == 0)
        assert (await worker.status())["in_flight"] == {"p2": 0}


async def test_a_claimed_request_finishes_where_it_began_and_then_the_pool_is_drained():
    async with running_app(held) as old, running_app() as new, running_worker() as worker:
        hold(old)
        await worker.serve(old.port, pool_id="p1")
        async with visiting(worker.port) as visitor:
            await visitor.send(get())
            await eventually(lambda: old.exchanges)
            await worker.serve(new.port, pool_id="p2")
            await worker.controller.send(kind="drain", pool="p1")
            assert (await worker.status())["in_flight"] == {"p1": 1, "p2": 0}
            assert not worker.controller.has("drained")
            old.is_released = True
            assert (await visitor.response()).body == b"ok"
            assert await worker.controller.receive("drained") == {"kind": "drained", "pool": "p1", "cut": 0}
            assert (await visitor.ask(get())).status == 200
            assert len(new.exchanges) == 1
        await eventually(lambda: old.open == 0)


async def test_a_pool_that_nothing_uses_or_nobody_knows_is_drained_at_once():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        await ask(worker.port, get())
        await worker.table([], {})
        for pool_id in ("p1", "never"):
            await worker.controller.send(kind="drain", pool=pool_id)
            assert (await worker.controller.receive("drained"))["pool"] == pool_id
        assert (await ask(worker.port, get())).status == 404


async def test_a_pool_named_again_keeps_its_connections():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        for _ in range(3):
            await worker.serve(app.port)
            assert (await visitor.ask(get())).status == 200
        assert app.accepted == 1


async def test_twenty_switches_under_load_lose_nothing():
    async with contextlib.AsyncExitStack() as stack:
        worker = await stack.enter_async_context(running_worker())
        answers, is_over = [], asyncio.Event()
        first = await stack.enter_async_context(running_app())
        await worker.serve(first.port, pool_id="p-0")

        async def visit(*, keeps: bool) -> None:
            while not is_over.is_set():
                async with visiting(worker.port) as visitor:
                    for number in range(50 if keeps else 1):
                        body = b"x" * (number % 7)
                        fields = f"Content-Length: {len(body)}\r\n" + ("" if keeps else "Connection: close\r\n")
                        response = await visitor.ask(get(method="POST" if number % 2 else "GET", fields=fields) + body)
                        answers.append((response.status, response.body, response.closes and keeps))

        visits = [asyncio.get_running_loop().create_task(visit(keeps=number % 2 == 0)) for number in range(16)]
        old = first
        for number in range(1, 21):
            new = await stack.enter_async_context(running_app())
            await worker.serve(new.port, pool_id=f"p-{number}")
            count = len(old.exchanges)
            await worker.controller.send(kind="drain", pool=f"p-{number - 1}")
            assert (await worker.controller.receive("drained"))["cut"] == 0
            for writer in old.writers:  # as the process that is stopped now would
                writer.transport.abort()
            seen = len(answers)
            await eventually(lambda seen=seen: len(answers) > seen + 50)
            assert len(old.exchanges) <= count + 16
            old = new
        is_over.set()
        await asyncio.gather(*visits)
        assert set(answers) == {(200, b"ok", False)}
