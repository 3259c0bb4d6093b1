"""Which upstream gets a request: the choice, refusals, and connections that died while idle (point 9)."""

import signal

from support.apps import refused_port, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import pool, running_worker


async def test_a_refused_connection_is_a_502_at_once_and_poisons_nothing():
    # Whoever waited for the connection would wait for longer than a test may take.
    async with running_worker(limits={"connect_seconds": 300}) as worker, visiting(worker.port) as visitor:
        port = refused_port()
        await worker.serve(port)
        response = await visitor.ask(get(fields="Accept: text/html\r\n"))
        assert (response.status, response.field("thakur-state"), response.closes) == (502, ["failed"], False)
        assert b"takes no connection" in response.body
        async with running_app(port=port):
            assert (await visitor.ask(get())).status == 200
        assert "upstream refused" in worker.journal()


async def test_a_refused_upstream_is_replaced_by_another_body_and_all():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(refused_port(), app.port, refused_port())
        for _ in range(6):
            response = await ask(worker.port, get(method="POST", fields="Content-Length: 5\r\n") + b"hello")
            assert (response.status, app.exchanges[-1].body) == (200, b"hello")


async def test_a_pool_without_upstreams_is_a_503():
    async with running_worker() as worker:
        await worker.table([pool("p1")], {"app.test": "p1"})
        assert (await ask(worker.port, get())).status == 503


async def test_a_pool_whose_upstreams_all_refuse_is_a_502():
    async with running_worker() as worker:
        await worker.serve(refused_port(), refused_port(), refused_port())
        assert (await ask(worker.port, get())).status == 502


async def test_requests_go_to_the_upstream_with_least_to_do():
    async with (
        running_app(lambda exchange: exchange.ended()) as busy,
        running_app() as free,
        running_worker() as worker,
    ):
        await worker.serve(busy.port, free.port)
        async with visiting(worker.port) as one, visiting(worker.port) as two:
            for visitor in (one, two):  # they take turns, so one of these two is the busy one's
                await visitor.send(get())
            await eventually(lambda: len(busy.exchanges) == len(free.exchanges) == 1)
            for _ in range(10):
                assert (await ask(worker.port, get())).status == 200
        assert len(busy.exchanges) == 1


async def test_idle_upstreams_take_turns():
    async with running_app() as one, running_app() as two, running_worker() as worker:
        await worker.serve(one.port, two.port)
        for _ in range(10):
            await ask(worker.port, get())
        assert (len(one.exchanges), len(two.exchanges)) == (5, 5)


async def test_a_connection_that_the_application_closed_is_not_chosen():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(20):
            assert (await visitor.ask(get(method="POST"))).status == 200
            for writer in list(app.writers):
                writer.close()
            await eventually(lambda: app.open == 0)
        assert app.accepted == 20


async def test_a_post_does_not_meet_a_connection_that_the_application_closes_at_the_same_moment():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(get())).status == 200
        worker.process.send_signal(signal.SIGSTOP)  # so that it finds the request first and the end right behind it
        await visitor.send(get(method="POST", fields="Content-Length: 5\r\n") + b"hello")
        for writer in list(app.writers):
            writer.close()
        await eventually(lambda: app.open == 0)
        worker.process.send_signal(signal.SIGCONT)
        assert (await visitor.response()).status == 200
        assert (app.accepted, app.exchanges[-1].body) == (2, b"hello")
