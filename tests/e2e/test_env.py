"""Env vars over the life of deployments: a change waits for a redeploy, a comeback brings its own values."""

import json
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.server import Server
from support.waiting import wait_until

SERVER = """
const started = process.env.GREETING ?? "none";
const built = await Bun.file("built.txt").text();
Bun.serve({ port: process.env.PORT, hostname: process.env.HOST, fetch: () => new Response(`${started}|${built}`) });
"""
SCRIPTS = {"build": 'echo "${GREETING:-none}/${ONLY_START:-none}" > built.txt', "start": "bun server.ts"}


def test_after_a_rotation_of_the_key_everything_opens_with_the_new_one_alone(place: Path, figures: Figures) -> None:
    server = Server(place / "data")
    server.start()
    folder = place / "app"
    folder.mkdir()
    (folder / "package.json").write_text(json.dumps({"scripts": SCRIPTS}))
    (folder / "server.ts").write_text(SERVER)
    server.run("projects", "create", "greets")
    server.run("env", "set", "GREETING=one", "--project", "greets")
    server.deploy(folder, "greets")
    server.run("env", "set", "GREETING=two", "--project", "greets")
    refused = server.run("keys", "rotate", check=False)
    assert (refused.status, "SIGTERM" in refused.err) == (1, True), "serve has the old key in its memory"

    server.stop(signal.SIGTERM)
    rotating = subprocess.Popen([*server.thakur, "keys", "rotate"], env=server.env, start_new_session=True)
    wait_until(lambda: (place / "data" / "secret.key").read_text().count("v2:") == 1, 60)
    rotating.kill()
    rotating.wait()
    done = server.run("keys", "rotate", "--json")
    figures.add(f"key rotated in {done.seconds:.1f} s: {done.json()}")

    assert done.json()["unreadable"] == 0
    assert [line.partition(":")[0] for line in (place / "data" / "secret.key").read_text().split()] == ["v2"]
    assert server.get("greets").text.strip() == "one|one/none", "it went on serving"
    server.start()
    server.run("restart", "--project", "greets")
    assert server.get("greets").text.strip() == "one|one/none", "from its snapshot"
    server.run("redeploy", "--project", "greets")
    assert server.get("greets").text.strip() == "two|one/none"
    server.stop()


@pytest.fixture
def place() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="thakur-keys-"))
    place.chmod(0o755)
    yield place
    Server(place / "data").run("stop", check=False)
    shutil.rmtree(place, ignore_errors=True)


def test_a_change_waits_for_a_redeploy_and_a_rollback_brings_the_old_values_back(
    server: Server, tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"scripts": SCRIPTS}))
    (tmp_path / "server.ts").write_text(SERVER)
    server.run("projects", "create", "greets")
    server.run("env", "set", "GREETING=one", "--project", "greets")
    server.run("env", "set", "ONLY_START=seen", "--start-only", "--project", "greets")
    server.deploy(tmp_path, "greets")
    assert server.get("greets").text.strip() == "one|one/none"

    changed = server.run("env", "set", "GREETING=two", "--project", "greets")
    assert "thakur redeploy --project greets" in changed.err
    assert server.get("greets").text.strip() == "one|one/none"

    server.run("redeploy", "--project", "greets")
    assert server.get("greets").text.strip() == "two|one/none", "a redeploy builds nothing"

    back = server.run("rollback", "--project", "greets")
    assert server.get("greets").text.strip() == "one|one/none"
    print(f"rollback with its env vars: {back.seconds:.2f} s")

    server.deploy(tmp_path, "greets")
    assert server.get("greets").text.strip() == "two|two/none", "another value is another build"
