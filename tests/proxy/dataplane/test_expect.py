"""Expect: 100-continue: point 4 of the correctness list."""

from support.apps import OK, running_app
from support.visitors import ask, get, visiting
from support.workers import running_worker

EXPECTING = get(method="POST", fields="Content-Length: 5\r\nExpect: 100-continue\r\n")


async def test_the_body_is_sent_after_the_applications_word():
    async def answer(exchange):
        assert exchange.field("expect") == ["100-continue"]
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await exchange.read_body()
        await exchange.send(OK)

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(2):
            assert (await visitor.ask(EXPECTING)).status == 100
            assert (await visitor.ask(b"hello")).status == 200
        assert ([exchange.body for exchange in app.exchanges], app.accepted) == ([b"hello"] * 2, 1)


async def test_a_final_answer_instead_of_it_ends_the_connection():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n")

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(EXPECTING)
        assert (response.status, response.closes) == (417, True)
        assert await visitor.is_ended()
        assert await worker.requests_in_flight() == 0


async def test_a_visitor_may_send_the_body_unasked():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(EXPECTING + b"hello")).status == 200
        assert (await visitor.ask(get())).status == 200


async def test_another_expectation_fails():
    async with running_worker() as worker:
        assert (await ask(worker.port, get(method="POST", fields="Content-Length: 5\r\nExpect: tea\r\n"))).status == 417


async def test_an_application_that_says_nothing_is_the_one_that_is_late():
    async def answer(exchange):
        if exchange.field("expect"):
            await exchange.ended()
        await exchange.send(OK)

    limits = {"answer_seconds": 0.2, "request_body_seconds": 0.1}
    async with running_app(answer) as app, running_worker(limits=limits) as worker:
        await worker.serve(app.port)
        assert (await ask(worker.port, EXPECTING)).status == 504
        assert (await ask(worker.port, get())).status == 200
        assert (await ask(worker.port, EXPECTING)).status == 504  # on a connection that was there already
        assert app.accepted == 2


async def test_a_visitor_that_sends_no_body_after_the_word_is_late():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        await exchange.ended()

    async with running_app(answer) as app, running_worker(limits={"request_body_seconds": 0.2}) as worker:
        await worker.serve(app.port)
        async with visiting(worker.port) as visitor:
            assert (await visitor.ask(EXPECTING)).status == 100
            response = await visitor.response()
            assert (response.status, response.closes) == (408, True)
