"""The worker as a program: what it imports, what it may do, how much it weighs."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.apps import refused_port, running_app
from support.visitors import ask, get
from support.workers import KEY, WORKER, pool, running_worker

UID = 64321


async def test_a_worker_that_has_done_everything_has_loaded_the_standard_library_only(tmp_path):
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "index.html").write_text("hello")
    async with (
        running_app() as app,
        running_worker(static_root=tmp_path, program=(sys.executable, "-I", "-S", "-X", "importtime")) as worker,
    ):
        pools = [pool("p1", app.port), pool("p2", refused_port()), pool("p3", directory="site")]
        await worker.table(pools, {"app.test": "p1", "down.test": "p2", "site.test": "p3"})
        statuses = [
            (await ask(worker.port, get(host=host))).status
            for host in ("app.test", "down.test", "site.test", "no.test")
        ]
        assert statuses == [200, 502, 200, 404]
        names = set(re.findall(r"^import time:.*\| +([\w.]+)$", worker.journal(), re.MULTILINE))
    assert {"thakur.proxy.dataplane.worker", "select", "json"} <= names | {"thakur.proxy.dataplane.worker"}
    assert "thakur.proxy.dataplane.client" in names
    foreign = {name for name in names if name.partition(".")[0] not in sys.stdlib_module_names | {"thakur"}}
    assert foreign <= {"sitecustomize", "usercustomize"}
    assert {name for name in names if name.startswith("thakur.") and not name.startswith("thakur.proxy")} == set()
    assert names.isdisjoint(
        {"asyncio", "ssl", "logging", "http", "email", "thakur.proxy.interface", "thakur.proxy.service"}
    )


async def test_a_worker_under_load_stays_within_its_memory():
    async with running_app() as app, running_worker() as worker:
        await worker.serve(app.port)
        for _ in range(200):
            await ask(worker.port, get())
        assert worker.memory_bytes("Pss") < 20_000_000


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
async def test_a_worker_drops_its_rights_and_still_serves_files_beneath_a_closed_directory(tmp_path):
    closed = tmp_path / "closed"
    site = closed / "open" / "site"
    site.mkdir(parents=True)
    (site / "index.html").write_text("hello")
    (site / "secret.txt").write_text("secret")
    (site / "secret.txt").chmod(0o600)
    for path in (closed / "open", site):
        path.chmod(0o755)
    closed.chmod(0o700)
    options = ("--uid", str(UID), "--gid", str(UID))
    async with running_worker(static_root=closed / "open", options=options) as worker:
        await worker.table([pool("p1", directory="site")], {"site.test": "p1"})
        assert (await ask(worker.port, get(host="site.test"))).body == b"hello"
        assert (await ask(worker.port, get("/secret.txt", host="site.test"))).status == 404
        status = Path(f"/proc/{worker.process.pid}/status").read_text()
        assert re.search(rf"^Uid:\t{UID}\t{UID}\t{UID}\t{UID}$", status, re.MULTILINE)
        assert re.search(rf"^Gid:\t{UID}\t{UID}\t{UID}\t{UID}$", status, re.MULTILINE)
        assert re.search(r"^Groups:\s*$", status, re.MULTILINE)
        assert re.search(r"^CapEff:\t0+$", status, re.MULTILINE)
        assert re.search(r"^CapPrm:\t0+$", status, re.MULTILINE)
        assert re.search(r"^NoNewPrivs:\t1$", status, re.MULTILINE)


async def test_a_worker_raises_its_descriptors_and_ignores_what_a_terminal_sends():
    program = (shutil.which("prlimit") or "prlimit", "--nofile=100:5000", sys.executable, "-I", "-S")
    async with running_app() as app, running_worker(program=program) as worker:
        await worker.serve(app.port)
        assert (
            "Max open files            5000                 5000"
            in Path(f"/proc/{worker.process.pid}/limits").read_text()
        )
        subprocess.run(["kill", "-INT", str(worker.process.pid)], check=True)
        assert (await ask(worker.port, get())).status == 200
        assert KEY not in Path(f"/proc/{worker.process.pid}/cmdline").read_text()


def test_a_worker_without_a_key_does_not_start():
    argv = [sys.executable, "-I", "-S", str(WORKER), "--home", str(WORKER.parents[3]), "--control", "9"]
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "no key was given\n")
