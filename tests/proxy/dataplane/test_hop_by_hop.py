"""What is said between two hops only, and what visitors say about themselves: point 6 of the correctness list."""

from support.apps import running_app
from support.visitors import ask, get
from support.workers import running_worker


async def test_the_application_hears_who_asks_from_the_proxy_alone():
    forged = "X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-Host: evil.test\r\nX-Forwarded-Proto: https\r\nForwarded: for=6.6.6.6\r\nX-Real-IP: 6.6.6.6\r\n"
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        await ask(worker.port, get(host="app.test:8080", fields=forged))
        exchange = app.exchanges[0]
        assert exchange.field("x-forwarded-for") == ["127.0.0.1"]
        assert exchange.field("x-forwarded-host") == ["app.test:8080"]
        assert exchange.field("x-forwarded-proto") == ["http"]
        assert (exchange.field("forwarded"), exchange.field("x-real-ip")) == ([], [])


async def test_fields_of_one_hop_stay_on_it_in_both_directions():
    data = b"HTTP/1.1 200 OK\r\nConnection: keep-alive, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\nX-End: 2\r\nContent-Length: 2\r\n\r\nok"
    async with running_app(data) as app, running_worker() as worker:
        await worker.serve(app.port)
        fields = "Connection: X-Mine, keep-alive\r\nX-Mine: 1\r\nKeep-Alive: 300\r\nProxy-Connection: keep-alive\r\nTE: gzip\r\nX-Other: 2\r\n"
        response = await ask(worker.port, get(fields=fields))
        exchange = app.exchanges[0]
        gone = ("x-mine", "keep-alive", "proxy-connection", "te", "connection")
        assert [exchange.field(name) for name in gone] == [[]] * len(gone)
        assert exchange.field("x-other") == ["2"]
        assert [response.field(name) for name in ("x-hop", "keep-alive", "connection", "upgrade")] == [[]] * 4
        assert (response.field("x-end"), response.body) == (["2"], b"ok")


async def test_nomination_takes_nothing_that_matters_away():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        fields = "Connection: host, content-length, authorization, x-forwarded-for\r\nAuthorization: secret\r\nContent-Length: 5\r\n"
        await ask(worker.port, get(method="POST", fields=fields) + b"hello")
        exchange = app.exchanges[0]
        assert (exchange.field("authorization"), exchange.body) == (["secret"], b"hello")
        assert exchange.field("x-forwarded-for") == ["127.0.0.1"]
