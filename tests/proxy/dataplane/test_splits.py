"""Messages in any pieces, and pipelining: point 3 of the correctness list."""

import asyncio

import pytest

from support.apps import running_app
from support.visitors import get, visiting
from support.workers import running_worker

REQUESTS = {
    "get": get("/get", fields="Accept: */*\r\n"),
    "length": get("/length", method="POST", fields="Content-Length: 5\r\n") + b"hello",
    "chunks": get("/chunks", method="POST", fields="Transfer-Encoding: chunked\r\n")
    + b"5\r\nhello\r\n0\r\nT: 1\r\n\r\n",
}
RESPONSES = {
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\nhello",
    "chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nT: 1\r\n\r\n",
    "interim": b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
}


async def echo(exchange):
    body = await exchange.read_body()
    answer = f"{exchange.line} {body.decode()}".encode()
    await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(answer), answer))


@pytest.mark.parametrize("kind", REQUESTS)
async def test_a_request_may_be_split_at_every_byte(kind):
    request = REQUESTS[kind]
    async with running_app(echo) as app, running_worker() as worker:
        await worker.serve(app.port)
        whole = None
        for place in range(1, len(request)):
            async with visiting(worker.port) as visitor:
                await visitor.send(request[:place])
                await worker.status()  # the worker has seen the first piece when it answers this
                response = await visitor.ask(request[place:])
                whole = whole or response.body
                assert (response.status, response.body) == (200, whole)
        assert whole is not None
        assert whole.endswith(b"hello" if kind != "get" else b"HTTP/1.1 ")


@pytest.mark.parametrize("kind", REQUESTS)
async def test_a_request_may_come_byte_by_byte(kind):
    async with running_app(echo) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for place in range(len(REQUESTS[kind])):
            await visitor.send(REQUESTS[kind][place : place + 1])
            await worker.status()
        assert (await visitor.response()).status == 200


@pytest.mark.parametrize("kind", RESPONSES)
async def test_a_response_may_be_split_at_every_byte(kind):
    data = RESPONSES[kind]

    async def answer(exchange):
        place = int(exchange.path[1:])
        await exchange.send(data[:place])
        await worker.status()
        await exchange.send(data[place:])

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for place in range(1, len(data)):
            await visitor.send(get(f"/{place}"))
            assert await visitor.reader.readexactly(len(data)) == data
        assert app.accepted == 1


@pytest.mark.parametrize("is_whole", [True, False])
async def test_a_hundred_pipelined_requests_are_answered_in_order(is_whole):
    requests, expected = [], []
    for number in range(100):
        body = b"b" * number
        if number % 3 == 0:
            requests.append(get(f"/{number}"))
            body = b""
        elif number % 3 == 1:
            requests.append(get(f"/{number}", method="POST", fields=f"Content-Length: {number}\r\n") + body)
        else:
            chunks = b"%x\r\n%b\r\n0\r\n\r\n" % (number, body)
            requests.append(get(f"/{number}", method="POST", fields="Transfer-Encoding: chunked\r\n") + chunks)
        expected.append(b"%b /%d HTTP/1.1 %b" % (b"POST" if number % 3 else b"GET", number, body))
    async with running_app(echo) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        stream = b"".join(requests)
        for piece in [stream] if is_whole else [stream[place : place + 97] for place in range(0, len(stream), 97)]:
            await visitor.send(piece)
        for answer in expected:
            assert (await visitor.response()).body == answer
        assert (app.accepted, await worker.requests_in_flight()) == (1, 0)


async def test_thousands_of_pipelined_requests_for_the_proxys_own_answers_need_no_stack():
    async with running_worker() as worker, visiting(worker.port) as visitor:
        sending = asyncio.get_running_loop().create_task(visitor.send(get(host="none.test") * 5000))
        for _ in range(5000):
            assert (await visitor.response()).status == 404
        await sending


async def test_a_visitor_who_pipelines_without_end_is_not_read_without_end():
    async def answer(exchange):
        await exchange.ended()

    async with running_app(answer) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        before = worker.memory_bytes()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                while True:
                    await visitor.send(get() * 1000)
        assert worker.memory_bytes() - before < 4_000_000


async def test_a_post_and_a_get_in_one_piece_are_two_requests():
    async with running_app(echo) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        await visitor.send(REQUESTS["length"] + REQUESTS["get"])
        assert (await visitor.response()).body.endswith(b"hello")
        assert (await visitor.response()).body.startswith(b"GET /get")
