"""Framing of responses through a running worker: point 2 of the correctness list."""

import contextlib

import pytest

from support.apps import OK, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import running_worker

MALFORMED = [
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 600 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/2 200 OK\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nName : x\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 200 OK\r\nName: x\ry\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nName: " + b"x" * 70000 + b"\r\nContent-Length: 2\r\n\r\nok",
    b"nonsense\r\n\r\n",
]


@pytest.mark.parametrize("data", MALFORMED)
async def test_an_answer_that_cannot_be_read_is_a_502_and_its_connection_is_closed(data):
    async with running_app(data) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(get())
        assert (response.status, response.closes) == (502, False)
        assert (await visitor.ask(get())).status == 502
        assert app.accepted == 2
        assert "upstream malformed" in worker.journal()


async def test_equal_lengths_are_sent_on_as_one():
    async with (
        running_app(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok") as app,
        running_worker() as worker,
    ):
        await worker.serve(app.port)
        response = await ask(worker.port, get())
        assert (response.field("content-length"), response.body) == (["2"], b"ok")


@pytest.mark.parametrize(
    "data",
    [
        OK + b"more",
        b"HTTP/1.1 204 No Content\r\n\r\nmore",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nmore",
    ],
)
async def test_bytes_after_the_end_cost_the_connection_and_never_reach_the_visitor(data):
    async with running_app(data) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(3):
            assert (await visitor.ask(get())).is_complete
        assert app.accepted == 3


async def test_answers_without_a_body_have_none():
    async def answer(exchange):
        status = exchange.path[1:]
        await exchange.send(f"HTTP/1.1 {status} X\r\nContent-Length: 7\r\nETag: x\r\n\r\n".encode())

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(get("/200", method="HEAD"), is_head=True)
        assert (response.status, response.field("content-length")) == (200, ["7"])
        response = await visitor.ask(get("/304"))
        assert (response.status, response.field("content-length")) == (304, ["7"])
        response = await visitor.ask(get("/204"))
        assert (response.status, response.field("content-length")) == (204, [])
        assert (app.accepted, len(app.exchanges)) == (1, 3)


async def test_interim_answers_are_passed_on():
    async def answer(exchange):
        await exchange.send(
            b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </b.css>\r\n\r\n" + OK
        )

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(get())).field("link") == ["</a.css>"]
        assert (await visitor.response()).field("link") == ["</b.css>"]
        assert (await visitor.response()).body == b"ok"
        assert (await visitor.ask(b"GET / HTTP/1.0\r\nHost: app.test\r\n\r\n")).status == 200


async def test_a_body_until_the_end_closes_the_visitors_connection():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\n\r\n")
        await exchange.send(b"hello")
        exchange.close()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(get())
        assert (response.status, response.closes, response.body) == (200, True, b"hello")


async def test_a_body_until_the_end_that_is_reset_does_not_look_complete():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\n\r\nhel")
        await eventually(lambda: exchange.app.seen)
        exchange.reset()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        app.seen = False
        await worker.serve(app.port)
        await visitor.send(get())
        assert (await visitor.reader.readuntil(b"hel")).endswith(b"hel")
        app.seen = True
        with pytest.raises(ConnectionResetError):
            await visitor.reader.read()


async def test_chunks_are_passed_on_as_they_are():
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: T\r\n\r\n3;x=y\r\nabc\r\n0\r\nT: 1\r\n\r\n"
    async with running_app(data) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(get())
        assert await visitor.reader.readexactly(len(data)) == data
        assert (await visitor.ask(get())).body == b"abc"
        assert app.accepted == 1


async def test_chunks_are_taken_apart_for_an_old_visitor():
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
    async with running_app(data) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(b"GET / HTTP/1.0\r\nHost: app.test\r\n\r\n")
        assert (response.field("transfer-encoding"), response.closes, response.body) == ([], True, b"abcde")


async def test_malformed_chunks_cut_the_visitor_off():
    data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n"
    async with running_app(data) as app, running_worker() as worker:
        await worker.serve(app.port)
        with contextlib.suppress(ConnectionError, EOFError):  # cut before the head was read
            assert not (await ask(worker.port, get())).is_complete


async def test_an_answer_of_http_1_0_is_sent_on_as_1_1():
    async with (
        running_app(b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok") as app,
        running_worker() as worker,
        visiting(worker.port) as visitor,
    ):
        await worker.serve(app.port)
        for _ in range(2):
            response = await visitor.ask(get())
            assert (response.head.startswith(b"HTTP/1.1 200"), response.body, response.closes) == (True, b"ok", False)
        assert app.accepted == 2


async def test_a_connection_is_closed_for_the_visitor_who_asks_even_if_the_application_keeps_its_own():
    async with (
        running_app(b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok") as app,
        running_worker() as worker,
    ):
        await worker.serve(app.port)
        for _ in range(3):
            async with visiting(worker.port) as visitor:
                response = await visitor.ask(get(fields="Connection: close\r\n"))
                assert (response.field("connection"), response.body) == (["close"], b"ok")
                assert await visitor.is_ended()
        assert app.accepted == 1


async def test_an_application_that_closes_does_not_close_the_visitor():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok")
        exchange.close()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(3):
            response = await visitor.ask(get())
            assert (response.field("connection"), response.body) == ([], b"ok")
        assert app.accepted == 3


async def test_an_early_answer_lets_the_upload_run_out():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
        await exchange.read_body()

    body = b"x" * 3_000_000
    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(3):
            await visitor.send(get(method="POST", fields=f"Content-Length: {len(body)}\r\n") + body)
            assert (await visitor.response()).body == b"no"
        await eventually(lambda: app.exchanges[2].body == body)
        assert app.accepted == 1


async def test_an_early_answer_of_an_application_that_closes_arrives():
    async def answer(exchange):
        await exchange.send(b"HTTP/1.1 413 Too Large\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno")
        exchange.close()

    body = b"x" * 1_000_000
    async with running_app(answer) as app, running_worker() as worker:
        await worker.serve(app.port)
        for _ in range(10):
            async with visiting(worker.port) as visitor:
                await visitor.send(get(method="POST", fields=f"Content-Length: {len(body)}\r\n"))
                visitor.writer.write(body)
                response = await visitor.response()
                assert (response.status, response.body) == (413, b"no")
                if not response.closes:  # then the upload had been read to its end
                    assert (await visitor.ask(get())).status == 413


async def test_an_application_that_dies_after_an_early_answer_does_not_stop_the_visitor():
    async def answer(exchange):
        if exchange.line.startswith("GET"):
            await exchange.send(OK)
            return
        await exchange.send(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno")
        await eventually(lambda: exchange.app.is_released)
        exchange.reset()

    body = b"x" * 30_000_000
    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        app.is_released = False
        await worker.serve(app.port)
        visitor.writer.write(get(method="POST", fields=f"Content-Length: {len(body)}\r\n") + body)
        assert (await visitor.response()).body == b"no"
        assert visitor.writer.transport.get_write_buffer_size() > 0  # the upload is stuck
        app.is_released = True
        assert (await visitor.ask(get())).body == b"ok"
        assert await worker.requests_in_flight() == 0
