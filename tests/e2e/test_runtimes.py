"""What builds and applications run on: bun, and node where that is said or needed."""

import json
from pathlib import Path

from e2e.conftest import Figures
from support.server import Server

SERVER = """\
const http = require('http')
const runtime = process.versions.bun ? 'bun' : `node ${process.versions.node}`
http.createServer((_, answer) => answer.end(runtime)).listen(process.env.PORT, process.env.HOST)
"""
NEEDS_NODE = "if (process.versions.bun) throw new TypeError('traverse is undefined')\n"


def folder_of(directory: Path, files: dict[str, str]) -> str:
    directory.mkdir()
    for name, text in files.items():
        (directory / name).write_text(text)
    return str(directory)


def test_an_application_runs_on_node_where_the_project_says_so(server: Server, tmp_path: Path) -> None:
    manifest = json.dumps({"scripts": {"start": "node server.js"}})
    plain = {"package.json": manifest, "server.js": SERVER}

    server.run("deploy", folder_of(tmp_path / "bun", plain), "--project", "runs-on-bun")
    server.run(
        "deploy", folder_of(tmp_path / "node", plain | {"thakur.toml": 'runtime = "node"'}), "--project", "runs-on-node"
    )

    assert server.get("runs-on-bun").text == "bun"
    assert server.get("runs-on-node").text.startswith("node ")


def test_a_build_that_fails_on_bun_goes_live_by_node(server: Server, tmp_path: Path, figures: Figures) -> None:
    build = f"{NEEDS_NODE}require('fs').writeFileSync('made.txt', process.version)\n"
    manifest = json.dumps({"scripts": {"build": "node build.js", "start": "node server.js"}})
    folder = folder_of(tmp_path / "app", {"package.json": manifest, "build.js": build, "server.js": SERVER})

    done = server.run("deploy", folder, "--project", "needs-node", "--json")

    assert server.get("needs-node").text == "bun"
    assert server.builds("needs-node")[0]["plan"]["build_runtime"] == "node"
    assert "trying once more on node" in server.run("logs", "--project", "needs-node", "--build", "1").out
    figures.add(f"a build on bun, then on node: live after {done.seconds:.2f} s; {server.steps('needs-node')}")
