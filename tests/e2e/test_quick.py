"""The walk: a folder, a build in the sandbox, an artifact, a replica, a health check, the proxy, a URL."""

from pathlib import Path

import pytest

from support.server import Server

pytestmark = pytest.mark.quick

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_a_hono_application_is_live_after_one_command(server: Server) -> None:
    done = server.deploy(EXAMPLES / "hono", "hono")

    assert done["status"] == "active"
    assert done["url"] == f"http://hono.localhost:{server.http.split(':')[1]}"
    assert server.get("hono").status == 200
    print(f"hono: {done['seconds']} s; steps {server.steps('hono')}")


def test_a_plain_folder_is_live_after_one_command(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<h1>plain words</h1>")

    done = server.deploy(tmp_path, "plain")

    assert done["status"] == "active"
    answer = server.get("plain")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert "plain words" in answer.text
    assert server.get("plain", "/nothing-here").status == 404
    print(f"plain: {done['seconds']} s")


def test_the_second_deploy_takes_the_next_number_and_replaces_the_first(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one")
    first = server.deploy(tmp_path, "twice")
    (tmp_path / "index.html").write_text("two")

    second = server.deploy(tmp_path, "twice")

    assert (first["number"], second["number"]) == (1, 2)
    assert server.get("twice").text == "two"
    listed = server.run("deployments", "--project", "twice", "--json").json()
    assert [(row["number"], row["status"]) for row in listed] == [(2, "active"), (1, "standby")]


def test_a_failed_deploy_says_why_and_leaves_the_old_one_serving(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("still here")
    server.deploy(tmp_path, "careful")
    (tmp_path / "package.json").write_text('{"name": "x", "scripts": {"start": "bun crash.ts"}}')
    (tmp_path / "crash.ts").write_text("console.log('about to fall'); process.exit(3)")
    (tmp_path / "index.html").unlink()

    done = server.run("deploy", str(tmp_path), "--project", "careful", check=False)

    assert done.status == 1
    assert "about to fall" in done.err
    assert "still active" in done.err
    assert server.get("careful").text == "still here"


def test_the_address_answers_health_and_nothing_else(server: Server) -> None:
    assert server.get_from(server.address, "/up").status == 200
    assert server.get_from(server.address, "/ready").status == 200
    assert server.get_from(server.address, "/api/v1/projects").status == 401


def test_a_deleted_project_is_gone_and_its_host_answers_404(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("short life")
    server.deploy(tmp_path, "short")

    server.run("projects", "delete", "short", "--yes")

    names = [row["name"] for row in server.run("projects", "--json").json()]
    assert "short" not in names
    assert server.get("short").status == 404
