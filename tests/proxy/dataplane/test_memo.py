"""The memos change nothing but the time: point 16 of the correctness list."""

import random

from support.apps import running_app
from support.visitors import Response, get, visiting
from support.workers import pool, running_worker


async def describe(exchange):
    """Answer with what was asked, so that the visitor sees what the application saw."""
    body = await exchange.read_body()
    answer = exchange.head + body
    fields = b"" if len(answer) % 2 else b"Connection: keep-alive\r\nKeep-Alive: timeout=5\r\n"
    if exchange.path.endswith("chunks"):
        await exchange.send(
            b"HTTP/1.1 200 OK\r\n%bTransfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n"
            % (fields, len(answer), answer)
        )
        return
    head = b"HTTP/1.1 200 OK\r\n%bContent-Length: %d\r\n\r\n" % (fields, len(answer))
    await exchange.send(head if exchange.line.startswith("HEAD") else head + answer)


def requests(seed: int) -> list[bytes]:
    """Blocks that repeat and blocks that differ in one byte, with every kind of body."""
    dice = random.Random(seed)
    asked = []
    for _ in range(150):
        host = dice.choice(["app.test", "app.test", "App.test", "two.test", "app.test:80", "none.test"])
        fields = dice.choice(
            ["", "X: a\r\n", "X: b\r\n", "Connection: keep-alive\r\n", "Connection: X\r\nX: a\r\n", "TE: trailers\r\n"]
        )
        path = dice.choice(["/", "/a", "/chunks"])
        kind = dice.randint(0, 3)
        if kind == 0:
            asked.append(get(path, host, fields, method=dice.choice(["GET", "HEAD", "DELETE"])))
        elif kind == 1:
            asked.append(get(path, host, fields))
        elif kind == 2:
            asked.append(
                get(path, host, fields + "Content-Length: 3\r\n", method="POST") + dice.choice([b"abc", b"xyz"])
            )
        else:
            asked.append(
                get(path, host, fields + "Transfer-Encoding: chunked\r\n", method="POST") + b"3\r\nabc\r\n0\r\n\r\n"
            )
    return asked


async def answers(port: int, asked: list[bytes]) -> list[tuple[bytes, bytes]]:
    told = []
    async with visiting(port) as visitor:
        for data in asked:
            response: Response = await visitor.ask(data, is_head=data.startswith(b"HEAD"))
            told.append((response.head, response.body))
    return told


async def test_with_and_without_memos_every_byte_is_the_same():
    async with (
        running_app(describe) as app,
        running_worker() as with_memo,
        running_worker(limits={"memo": 0}) as without,
    ):
        for worker in (with_memo, without):
            await worker.table([pool("p1", app.port), pool("p2", app.port)], {"app.test": "p1", "two.test": "p2"})
        for seed in range(4):
            asked = requests(seed)
            assert await answers(with_memo.port, asked) == await answers(without.port, asked)


async def test_a_new_table_ends_what_was_remembered():
    async with running_app() as one, running_app() as two, running_worker() as worker, visiting(worker.port) as visitor:
        for app, pool_id in ((one, "p1"), (two, "p2"), (one, "p3")):
            await worker.serve(app.port, pool_id=pool_id)
            assert (await visitor.ask(get())).status == 200
        await worker.table([], {})
        assert (await visitor.ask(get())).status == 404
        assert (len(one.exchanges), len(two.exchanges)) == (2, 1)


async def test_the_same_block_under_another_method_is_read_anew():
    async with running_app(describe) as app, running_worker() as worker, visiting(worker.port) as visitor:
        await worker.serve(app.port)
        for _ in range(3):
            assert (await visitor.ask(get())).body
            assert (await visitor.ask(get(method="HEAD"), is_head=True)).body == b""
