"""Framing of requests through a running worker: point 1 of the correctness list."""

import pytest

from support.apps import OK, running_app
from support.visitors import ask, get, visiting
from support.waiting import eventually
from support.workers import running_worker

REFUSED = {
    b"POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc": 400,
    b"POST / HTTP/1.1\r\nHost: app.test\r\nContent-Length: +3\r\n\r\nabc": 400,
    b"POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: gzip\r\n\r\n": 501,
    b"POST / HTTP/1.0\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\nName : x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\n folded: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\nName: a\rb\r\n\r\n": 400,
    b"GET / HTTP/1.1\nHost: app.test\n\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\nName: x\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\nName: \0\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\n: x\r\n\r\n": 400,
    b"GET  / HTTP/1.1\r\nHost: app.test\r\n\r\n": 400,
    b"GET\t/ HTTP/1.1\r\nHost: app.test\r\n\r\n": 400,
    b"GET /\x01 HTTP/1.1\r\nHost: app.test\r\n\r\n": 400,
    b"GET * HTTP/1.1\r\nHost: app.test\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: app.test\r\nHost: app.test\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: user@app.test\r\n\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: app.test\r\nTransfer-Encoding: chunked\r\n\r\n5\nhello\r\n0\r\n\r\n": 400,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": 400,
}


async def test_what_breaks_the_rules_is_refused_and_the_connection_closed():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        for request, status in REFUSED.items():
            async with visiting(worker.port) as visitor:
                response = await visitor.ask(request)
                assert (response.status, response.closes, response.is_complete) == (status, True, True), request
                assert await visitor.is_ended()
        assert app.exchanges == []


@pytest.mark.parametrize("bad", [b"5\nhello\r\n", b"5;a\rb\r\nhello\r\n", b"5\r\nhelloX\r\n", b"1" * 16 + b"\r\n"])
async def test_a_chunk_that_breaks_the_rules_later_ends_both_connections(bad):
    async def answer(exchange):
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(get(method="POST", fields="Transfer-Encoding: chunked\r\n") + b"3\r\nabc\r\n")
        response = await visitor.ask(bad)
        assert (response.status, response.closes) == (400, True)
        assert await visitor.is_ended()


@pytest.mark.parametrize("host", ["APP.test", "app.test:8080", "app.test.", "App.Test.:1"])
async def test_a_host_is_found_however_it_is_written(host):
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        assert (await ask(worker.port, get(host=host))).status == 200
        assert app.exchanges[0].field("host") == [host]


async def test_an_absolute_target_wins_over_host():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        response = await ask(worker.port, b"GET http://app.test/x?y=z HTTP/1.1\r\nHost: other.test\r\n\r\n")
        assert response.status == 200
        assert app.exchanges[0].line == "GET /x?y=z HTTP/1.1"
        assert app.exchanges[0].field("host") == ["app.test"]
        assert (await ask(worker.port, b"GET http://other.test/ HTTP/1.1\r\nHost: app.test\r\n\r\n")).status == 404


async def test_options_for_the_whole_server_are_passed_on():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        assert (await ask(worker.port, b"OPTIONS * HTTP/1.1\r\nHost: app.test\r\n\r\n")).status == 200
        assert app.exchanges[0].line == "OPTIONS * HTTP/1.1"


async def test_an_empty_line_before_a_request_is_forgiven():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        assert (await visitor.ask(b"\r\n\r\n" + get())).status == 200
        assert (await visitor.ask(b"\r\n" * 20000 + get())).status == 200


async def test_an_old_visitor_gets_one_answer_and_the_end():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(b"GET /old HTTP/1.0\r\nHost: app.test\r\n\r\n")
        assert (response.status, response.closes) == (200, True)
        assert await visitor.is_ended()
        assert app.exchanges[0].line == "GET /old HTTP/1.1"


async def test_an_unknown_host_gets_the_page_and_keeps_its_connection():
    async with running_app() as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        response = await visitor.ask(get(host="other.test", fields="Accept: text/html\r\n"))
        assert (response.status, response.field("thakur-state")) == (404, ["unknown"])
        assert b"<b>other.test</b>" in response.body
        response = await visitor.ask(get(host="other.test"))
        assert (response.field("content-type"), response.closes) == (["text/plain; charset=utf-8"], False)
        response = await visitor.ask(get(host="other.test", method="HEAD"), is_head=True)
        assert response.status == 404
        assert (await visitor.ask(get())).status == 200


async def test_a_large_body_behind_a_request_that_waits_is_read_on():
    async def answer(exchange):
        if exchange.path == "/held":
            await eventually(lambda: exchange.app.is_released)
        await exchange.read_body()
        await exchange.send(OK)

    body = b"x" * 3_000_000
    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        app.is_released = False
        await worker.serve(app.port)
        post = get(method="POST", fields=f"Content-Length: {len(body)}\r\n") + body
        visitor.writer.write(get("/held") + post)
        await eventually(lambda: app.exchanges)
        for _ in range(20):
            await worker.status()
        app.is_released = True
        assert [(await visitor.response()).status for _ in range(2)] == [200, 200]
        assert app.exchanges[1].body == body
