"""Compressed forms of files: sent to whoever takes them, and never mistaken for the file."""

import contextlib
import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from backports import zstd

from support.visitors import Visitor, get, visiting
from support.workers import pool, running_worker

SCRIPT = b"console.log('a script that repeats itself');" * 100
PATH = "/assets/app-GpEN3EET.js"
BROWSER = "Accept-Encoding: gzip, deflate, br, zstd\r\n"


@contextlib.asynccontextmanager
async def serving(root: Path) -> AsyncIterator[Visitor]:
    for place, pack in (("site", bytes), ("site.gz", gzip.compress), ("site.zst", zstd.compress)):
        (root / place / "assets").mkdir(parents=True)
        (root / place / PATH[1:]).write_bytes(pack(SCRIPT))
        (root / place / "404.html").write_bytes(pack(b"lost"))
    (root / "site/logo.png").write_bytes(b"png")
    (root / "site.gz/only.js").write_bytes(b"of a file that is not there")
    async with running_worker(static_root=root) as worker, visiting(worker.port) as visitor:
        await worker.table([pool("s1", directory="site")], {"app.test": "s1"})
        yield visitor


async def test_a_file_is_sent_in_the_form_that_was_asked_for(tmp_path):
    async with serving(tmp_path) as visitor:
        etags = set()
        for accepted, coding, unpack in (
            ("", [], bytes),
            ("Accept-Encoding: gzip\r\n", ["gzip"], gzip.decompress),
            (BROWSER, ["zstd"], zstd.decompress),
            ("Accept-Encoding: br\r\n", [], bytes),
        ):
            response = await visitor.ask(get(PATH, fields=accepted))
            assert (response.status, response.field("content-encoding")) == (200, coding)
            assert unpack(response.body) == SCRIPT
            assert response.field("content-length") == [str(len(response.body))]
            assert response.field("content-type") == ["text/javascript; charset=utf-8"]
            assert response.field("cache-control") == ["public, max-age=31536000, immutable"]
            assert response.field("vary") == ["Accept-Encoding"]
            etags |= set(response.field("etag"))
        assert len(etags) == 3


async def test_a_file_of_one_form_does_not_vary(tmp_path):
    async with serving(tmp_path) as visitor:
        response = await visitor.ask(get("/logo.png", fields=BROWSER))
        assert (response.body, response.field("vary"), response.field("content-encoding")) == (b"png", [], [])


@pytest.mark.parametrize(
    "path", ["/only.js", "/../site.gz/404.html", "/site.gz/404.html", "/404.html.gz", PATH + ".zst"]
)
async def test_a_form_is_no_file_of_its_own(tmp_path, path):
    async with serving(tmp_path) as visitor:
        assert (await visitor.ask(get(path, fields=BROWSER))).status in (400, 404)


async def test_the_visitor_that_has_a_form_is_not_sent_it_again(tmp_path):
    async with serving(tmp_path) as visitor:
        first = await visitor.ask(get(PATH, fields=BROWSER))
        (etag,) = first.field("etag")
        again = await visitor.ask(get(PATH, fields=f"{BROWSER}If-None-Match: {etag}\r\n"))
        assert (again.status, again.field("etag"), again.field("vary")) == (304, [etag], ["Accept-Encoding"])
        assert again.field("content-encoding") == []
        other = await visitor.ask(get(PATH, fields=f"Accept-Encoding: gzip\r\nIf-None-Match: {etag}\r\n"))
        assert (other.status, other.field("content-encoding")) == (200, ["gzip"])


async def test_parts_are_parts_of_the_file_as_it_is(tmp_path):
    async with serving(tmp_path) as visitor:
        part = await visitor.ask(get(PATH, fields=f"{BROWSER}Range: bytes=0-6\r\n"))
        assert (part.status, part.body, part.field("content-encoding")) == (206, b"console", [])
        assert part.field("content-range") == [f"bytes 0-6/{len(SCRIPT)}"]
        (coded,) = (await visitor.ask(get(PATH, fields=BROWSER))).field("etag")
        whole = await visitor.ask(get(PATH, fields=f"{BROWSER}Range: bytes=0-6\r\nIf-Range: {coded}\r\n"))
        assert (whole.status, whole.body) == (200, SCRIPT)


async def test_a_head_tells_of_the_form_and_the_page_for_what_is_missing_has_one_too(tmp_path):
    async with serving(tmp_path) as visitor:
        head = await visitor.ask(get(PATH, method="HEAD", fields=BROWSER), is_head=True)
        assert head.field("content-encoding") == ["zstd"]
        assert int(head.field("content-length")[0]) == len(zstd.compress(SCRIPT))
        lost = await visitor.ask(get("/nope", fields=BROWSER))
        assert (lost.status, zstd.decompress(lost.body)) == (404, b"lost")
