"""Env vars over the life of deployments: a change waits for a redeploy, a comeback brings its own values."""

import json
from pathlib import Path

from support.server import Server

SERVER = """
const started = process.env.GREETING ?? "none";
const built = await Bun.file("built.txt").text();
Bun.serve({ port: process.env.PORT, hostname: process.env.HOST, fetch: () => new Response(`${started}|${built}`) });
"""
SCRIPTS = {"build": 'echo "${GREETING:-none}/${ONLY_START:-none}" > built.txt', "start": "bun server.ts"}


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
