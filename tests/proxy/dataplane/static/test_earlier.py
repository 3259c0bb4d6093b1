"""What a pool's own directory or upstream does not have, and earlier deployments had."""

import gzip
from pathlib import Path

import pytest

from support.apps import running_app
from support.visitors import ask, get
from support.workers import pool, running_worker

PATH = "/_next/static/chunks/app-3f2a9c1b4d5e6f70.js"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for place, name, content in (
        ("site", "index.html", b"home"),
        ("site", "404.html", b"lost"),
        (".assets/7", PATH[1:], b"earlier"),
        (".assets/7", "plain.js", b"plain"),
        (".assets/7.gz", PATH[1:], gzip.compress(b"earlier")),
    ):
        path = tmp_path / place / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    (tmp_path / ".assets/7/out-GpEN3EET.js").symlink_to("../../site/index.html")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [(PATH, 200, b"earlier"), ("/plain.js", 404, b"lost"), ("/out-GpEN3EET.js", 404, b"lost"), ("/", 200, b"home")],
)
async def test_a_directory_without_a_hashed_file_looks_among_the_earlier_ones(root, path, status, body):
    async with running_worker(static_root=root) as worker:
        await worker.table([pool("s1", directory="site", earlier=".assets/7")], {"app.test": "s1"})
        response = await ask(worker.port, get(path))
        assert (response.status, response.body) == (status, body)


async def test_an_earlier_file_has_its_compressed_forms(root):
    async with running_worker(static_root=root) as worker:
        await worker.table([pool("s1", directory="site", earlier=".assets/7")], {"app.test": "s1"})
        response = await ask(worker.port, get(PATH, fields="Accept-Encoding: gzip\r\n"))
        assert gzip.decompress(response.body) == b"earlier"


async def test_a_server_is_asked_for_everything_else(root):
    async with running_app() as app, running_worker(static_root=root) as worker:
        await worker.table([pool("p1", app.port, earlier=".assets/7")], {"app.test": "p1"})
        assert (await ask(worker.port, get(PATH))).body == b"earlier"
        for path in ("/", "/plain.js", "/new-GpEN3EET.js", "/%zz.js", "/../x.js", "/.env", "/out-GpEN3EET.js"):
            assert (await ask(worker.port, get(path))).body == b"ok", path
        body = get(PATH, method="POST", fields="Content-Length: 2\r\n") + b"hi"
        assert (await ask(worker.port, body)).body == b"ok"
        assert await worker.requests_in_flight() == 0


async def test_nothing_stays_open_of_a_pool_that_has_left(root):
    async with running_app() as app, running_worker(static_root=root) as worker:
        descriptors = worker.open_descriptors()
        await worker.table([pool("p1", app.port, earlier=".assets/7")], {"app.test": "p1"})
        assert (await ask(worker.port, get(PATH))).status == 200
        assert worker.open_descriptors() > descriptors
        await worker.table([], {})
        assert (await ask(worker.port, get(PATH))).status == 404
        assert worker.open_descriptors() <= descriptors + 1


async def test_no_earlier_ones_are_no_fault(root):
    async with running_worker(static_root=root) as worker:
        await worker.table([pool("s1", directory="site", earlier=".assets/8")], {"app.test": "s1"})
        assert (await ask(worker.port, get(PATH))).body == b"lost"
