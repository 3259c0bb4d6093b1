"""Pools that are a directory: paths, ranges, caching, and nothing outside the folder."""

import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.visitors import Visitor, ask, get, visiting
from support.waiting import eventually
from support.workers import Worker, pool, running_worker
from thakur.builds.packing.contents import mark_content

HTML = "Accept: text/html\r\n"


@pytest.fixture
def site(tmp_path: Path) -> Path:
    site = tmp_path / "site"
    for name, content in {
        "index.html": "home",
        "about.html": "about",
        "docs/index.html": "docs",
        "docs/guide.html": "guide",
        "assets/app-B3xk9Qz1.js": "script",
        "a b/ä.txt": "umlaut",
        ".env": "secret",
        ".well-known/security.txt": "contact",
        "empty.txt": "",
        "digits.txt": "0123456789",
    }.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(content)
    (tmp_path / "outside.txt").write_text("outside")
    return site


@contextlib.asynccontextmanager
async def serving(site: Path, **more: Any) -> AsyncIterator[tuple[Worker, Visitor]]:
    async with running_worker(static_root=site.parent) as worker, visiting(worker.port) as visitor:
        await worker.table([pool("s1", directory=site.name, **more)], {"app.test": "s1"})
        yield worker, visitor


async def test_a_path_means_a_file_a_page_or_a_directory(site):
    async with serving(site) as (worker, visitor):
        for path, body in {
            "/": b"home",
            "/?x=y": b"home",
            "/index.html": b"home",
            "/about": b"about",
            "/about.html": b"about",
            "/docs/": b"docs",
            "/docs/guide": b"guide",
            "/docs/../about": b"about",
            "//docs///guide": b"guide",
            "/%64ocs/%67uide": b"guide",
            "/a%20b/%C3%A4.txt": b"umlaut",
            "/.well-known/security.txt": b"contact",
            "/empty.txt": b"",
        }.items():
            response = await visitor.ask(get(path))
            assert (response.status, response.body) == (200, body), path
        assert await worker.requests_in_flight() == 0


async def test_a_page_has_one_name_and_the_other_slash_leads_to_it(site):
    (site / "docs.html").write_text("beside a directory")
    (site / "docs/sub dir").mkdir()
    (site / "docs/sub dir/index.html").write_text("sub")
    async with serving(site) as (_, visitor):
        for path, place in {
            "/about/?x=y&z": "/about?x=y&z",
            "/docs/guide/": "/docs/guide",
            "/docs/sub%20dir?x": "/docs/sub%20dir/?x",
            "//evil.test/../docs/sub%20dir": "/docs/sub%20dir/",
        }.items():
            response = await visitor.ask(get(path))
            assert (response.status, response.field("location")) == (308, [place]), path
            assert response.field("cache-control") == ["public, max-age=0, must-revalidate"]
            assert (await visitor.ask(get(place))).status == 200
        for path, body in {"/docs": b"beside a directory", "/docs/": b"docs"}.items():
            response = await visitor.ask(get(path))
            assert (response.status, response.body) == (200, body), path


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nope", 404), ("/.env", 404), ("/docs/.hidden", 404), ("/.git/config", 404), ("/../outside.txt", 400), ("/%2e%2e/outside.txt", 400),
     ("/..%2foutside.txt", 400), ("/%00", 400), ("/%zz", 400), ("/%e4", 400), ("/docs/..%2f..%2foutside.txt", 400), ("/digits.txt/", 404), ("/" + "a" * 5000, 404)],
)  # fmt: skip
async def test_what_is_not_there_or_not_meant_to_be_is_refused(site, path, status):
    async with serving(site) as (_, visitor):
        assert (await visitor.ask(get(path, fields=HTML))).status == status
        assert (await visitor.ask(get("/"))).status == 200


async def test_links_are_followed_inside_the_folder_only(site):
    (site / "inside").symlink_to("digits.txt")
    (site / "outside").symlink_to("../outside.txt")
    (site / "up").symlink_to("..")
    (site / "root").symlink_to("/")
    (site.parent / "site-2").mkdir()
    (site.parent / "site-2" / "x.txt").write_text("neighbor")
    (site / "neighbor").symlink_to("../site-2/x.txt")
    os.mkfifo(site / "pipe")
    async with serving(site) as (_, visitor):
        assert (await visitor.ask(get("/inside"))).body == b"0123456789"
        for path in ("/outside", "/up/outside.txt", "/root/etc/passwd", "/neighbor", "/pipe"):
            assert (await visitor.ask(get(path))).status == 404, path


@pytest.mark.parametrize("directory", ["..", "site/../..", "/etc", "nope", "outside.txt", "link"])
async def test_a_folder_outside_the_root_is_not_opened(site, directory):
    (site.parent / "link").symlink_to("/etc")
    async with running_worker(static_root=site.parent) as worker:
        await worker.table([pool("s1", directory=directory)], {"app.test": "s1"})
        assert (await ask(worker.port, get("/"))).status == 503
        assert "files gone" in worker.journal()


async def test_a_page_app_gets_its_page_for_every_route_but_not_for_files(site):
    async with serving(site, is_spa=True) as (_, visitor):
        assert (await visitor.ask(get("/any/route", fields=HTML))).body == b"home"
        assert (await visitor.ask(get("/missing.js", fields=HTML))).status == 404
        assert (await visitor.ask(get("/api/thing", fields="Accept: application/json\r\n"))).status == 404
        assert (await visitor.ask(get("/about", fields=HTML))).body == b"about"
        assert (await visitor.ask(get("/people/ada.lovelace/v1.2", fields=HTML))).body == b"home"
        assert (await visitor.ask(get("/.env", fields=HTML))).status == 404


async def test_a_page_app_that_has_a_shell_of_its_own_gets_that(site):
    (site / "200.html").write_text("shell")
    (site / "404.html").write_text("lost")
    async with serving(site, is_spa=True) as (_, visitor):
        for path, status, body in (("/any", 200, b"shell"), ("/", 200, b"home"), ("/missing.js", 404, b"lost")):
            response = await visitor.ask(get(path, fields=HTML))
            assert (response.status, response.body) == (status, body), path


async def test_the_folders_own_page_says_that_there_is_none(site):
    (site / "404.html").write_text("lost")
    async with serving(site) as (_, visitor):
        response = await visitor.ask(get("/nope"))
        assert (response.status, response.body, response.field("cache-control")) == (
            404,
            b"lost",
            ["public, max-age=0, must-revalidate"],
        )


async def test_an_answer_says_what_it_is_and_how_long_it_keeps(site):
    async with serving(site) as (_, visitor):
        page = await visitor.ask(get("/"))
        assert page.field("content-type") == ["text/html; charset=utf-8"]
        assert page.field("x-content-type-options") == ["nosniff"]
        assert page.field("cache-control") == ["public, max-age=0, must-revalidate"]
        script = await visitor.ask(get("/assets/app-B3xk9Qz1.js"))
        assert script.field("cache-control") == ["public, max-age=31536000, immutable"]
        assert script.field("content-type") == ["text/javascript; charset=utf-8"]


async def test_what_the_visitor_has_already_is_not_sent_again(site):
    async with serving(site) as (_, visitor):
        etag = (await visitor.ask(get("/"))).field("etag")[0]
        for value in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            response = await visitor.ask(get("/", fields=f"If-None-Match: {value}\r\n"))
            assert (response.status, response.field("etag"), response.body) == (304, [etag], b"")
        assert (await visitor.ask(get("/", fields='If-None-Match: "other"\r\n'))).status == 200
        assert (await visitor.ask(get("/about"))).field("etag") != [etag]


async def test_the_same_path_in_two_folders_has_two_etags(site):
    twin = site.parent / "twin"
    twin.mkdir()
    (twin / "index.html").write_text("hame")
    facts = (site / "index.html").stat()
    os.utime(twin / "index.html", ns=(facts.st_atime_ns, facts.st_mtime_ns))
    async with serving(site) as (worker, visitor):
        one = (await visitor.ask(get("/"))).field("etag")
        await worker.table([pool("s2", directory="twin")], {"app.test": "s2"})
        assert (await visitor.ask(get("/"))).field("etag") != one


async def test_the_same_content_has_the_same_etag_where_packing_noted_it(site):
    twin = site.parent / "twin"
    twin.mkdir()
    (twin / "index.html").write_text("home")
    for path, content in ((site, b"\x01" * 32), (twin, b"\x01" * 32)):
        mark_content(os.fsencode(path / "index.html"), content)
    async with serving(site) as (worker, visitor):
        one = (await visitor.ask(get("/"))).field("etag")
        await worker.table([pool("s2", directory="twin")], {"app.test": "s2"})
        again = await visitor.ask(get("/", fields=f"If-None-Match: {one[0]}\r\n"))
        assert (again.status, again.field("etag"), one) == (304, one, [f'"{"01" * 16}"'])


async def test_parts_of_a_file_are_served(site):
    async with serving(site) as (_, visitor):
        for value, part, place in (
            ("0-3", b"0123", "0-3"),
            ("5-", b"56789", "5-9"),
            ("-2", b"89", "8-9"),
            ("0-99", b"0123456789", "0-9"),
        ):
            response = await visitor.ask(get("/digits.txt", fields=f"Range: bytes={value}\r\n"))
            assert (response.status, response.body) == (206, part)
            assert response.field("content-range") == [f"bytes {place}/10"]
        response = await visitor.ask(get("/digits.txt", fields="Range: bytes=10-\r\n"))
        assert (response.status, response.field("content-range")) == (416, ["bytes */10"])
        for value in ("lines=0-3", "bytes=0-1,3-4", "bytes=5-3"):
            assert (await visitor.ask(get("/digits.txt", fields=f"Range: {value}\r\n"))).status == 200
        etag = response.field("etag") or (await visitor.ask(get("/digits.txt"))).field("etag")
        assert (
            await visitor.ask(get("/digits.txt", fields=f"Range: bytes=0-3\r\nIf-Range: {etag[0]}\r\n"))
        ).status == 206
        assert (await visitor.ask(get("/digits.txt", fields='Range: bytes=0-3\r\nIf-Range: "old"\r\n'))).status == 200


async def test_only_reading_is_allowed(site):
    async with serving(site) as (_, visitor):
        response = await visitor.ask(get("/digits.txt", method="HEAD"), is_head=True)
        assert (response.status, response.field("content-length")) == (200, ["10"])
        response = await visitor.ask(get("/", method="DELETE"))
        assert (response.status, response.field("allow"), response.closes) == (405, ["GET, HEAD"], False)
        response = await visitor.ask(get("/", method="POST", fields="Content-Length: 100000\r\n") + b"abc")
        assert (response.status, response.closes) == (405, True)


async def test_a_large_file_waits_for_a_slow_visitor_and_holds_no_memory(site):
    size = 30_000_000
    (site / "large.bin").write_bytes(b"0123456789" * (size // 10))
    async with serving(site) as (worker, visitor):
        visitor.writer.transport.pause_reading()
        await visitor.send(get("/large.bin") + get("/digits.txt"))
        await eventually(lambda: _in_flight(worker, 1))
        before = worker.memory_bytes()
        visitor.writer.transport.resume_reading()
        assert (await visitor.response()).body == b"0123456789" * (size // 10)
        assert (await visitor.response()).body == b"0123456789"
        assert worker.memory_bytes() - before < 4_000_000
        assert await worker.requests_in_flight() == 0


async def test_a_hundred_pipelined_files_come_in_order(site):
    async with serving(site) as (_, visitor):
        await visitor.send((get("/digits.txt") + get("/nope") + get("/about/")) * 100)
        for _ in range(100):
            assert [(await visitor.response()).status for _ in range(3)] == [200, 404, 308]


async def test_a_switch_keeps_an_answer_that_is_on_its_way_and_closes_the_files_after(site):
    (site / "large.bin").write_bytes(b"x" * 30_000_000)
    async with serving(site) as (worker, visitor):
        await eventually(lambda: _is_accepted(worker))
        descriptors = worker.open_descriptors()
        visitor.writer.transport.pause_reading()
        await visitor.send(get("/large.bin"))
        await eventually(lambda: _in_flight(worker, 1))
        await worker.table([], {})
        await worker.controller.send(kind="drain", pool="s1")
        assert (await worker.status())["in_flight"] == {"s1": 1}
        visitor.writer.transport.resume_reading()
        assert len((await visitor.response()).body) == 30_000_000
        assert (await worker.controller.receive("drained"))["cut"] == 0
        await eventually(lambda: worker.open_descriptors() == descriptors)


async def test_a_visitor_that_leaves_within_a_file_leaves_nothing_behind(site):
    (site / "large.bin").write_bytes(b"x" * 30_000_000)
    async with serving(site) as (worker, visitor):
        visitor.writer.transport.pause_reading()
        await visitor.send(get("/large.bin"))
        await eventually(lambda: _in_flight(worker, 1))
        visitor.writer.transport.abort()
        await eventually(lambda: _in_flight(worker, 0))


async def test_many_files_do_not_hold_many_descriptors(site):
    for number in range(300):
        (site / f"{number}.txt").write_text(str(number))
    async with serving(site) as (worker, visitor):
        for number in range(300):
            assert (await visitor.ask(get(f"/{number}.txt"))).body == str(number).encode()
        assert worker.open_descriptors() < 160


async def _in_flight(worker: Worker, count: int) -> bool:
    return await worker.requests_in_flight() == count


async def _is_accepted(worker: Worker) -> bool:
    return bool((await worker.status())["connections"] == 1)
