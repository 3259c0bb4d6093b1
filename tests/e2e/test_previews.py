"""Previews from push to teardown, through a simulated GitHub: their own addresses, their own env vars, forks without any."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.github import Clone
from support.server import Server
from support.simulated import Simulated, add_app
from support.waiting import wait_until

LIVE_SECONDS = 120
MANIFEST = {"name": "app", "scripts": {"build": 'echo -n "$SECRET" > built.txt', "start": "bun index.ts"}}
PROGRAM = """
const built = await Bun.file(import.meta.dir + "/built.txt").text()
Bun.serve({ port: process.env.PORT, fetch: () => Response.json([VERSION, built, process.env.SECRET ?? ""]) })
"""


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-previews-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def simulated(base: Path) -> Iterator[Simulated]:
    simulated = Simulated(base / "github")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="module")
def server(base: Path) -> Iterator[Server]:
    settings = {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1", "THAKUR_GITHUB_PULL": "no"}
    server = Server(base / "data", settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.run("stop", check=False)


def files(version: int) -> dict[str, Any]:
    return {"package.json": json.dumps(MANIFEST), "index.ts": PROGRAM.replace("VERSION", str(version))}


def said(server: Server, project: str) -> Any:
    answer = server.get(project)
    return json.loads(answer.text) if answer.status == 200 else answer.status


def previews(server: Server) -> dict[str, dict[str, Any]]:
    return {each["label"]: each for each in server.run("previews", "--project", "shop", "--json").json()}


def test_branches_and_forks_have_previews_that_come_and_go(server, simulated, base) -> None:
    github = simulated.github
    app = simulated.call(github.add_app, "thakur", f"http://{server.address}/webhooks/github")
    add_app(server, simulated, app, base)
    shop = simulated.do(github.add_repository("ada/shop"))
    simulated.call(github.install, app, "ada", shop)
    ada, mallory = github.state.people.user("ada"), github.state.people.user("mallory")
    clone = Clone(base / "work", github.push_url(shop))
    clone.commit(files(1), "One")
    clone.git("push", "-q", "origin", "main")
    server.run("projects", "create", "shop", "--github", "ada/shop")
    server.run("env", "set", "SECRET=of production", "--project", "shop")
    server.run("env", "set", "SECRET=of previews", "--project", "shop", "--preview")
    clone.commit(files(2), "Two")
    clone.git("push", "-q", "origin", "main")
    wait_until(lambda: said(server, "shop") == [2, "of production", "of production"], LIVE_SECONDS)

    clone.git("checkout", "-q", "-b", "feat/cart")
    clone.commit(files(3), "Three")
    clone.git("push", "-q", "origin", "feat/cart")
    pull = simulated.call(github.pulls.open, shop, "feat/cart", ada, "A cart")
    wait_until(lambda: said(server, "shop-git-feat-cart") == [3, "of previews", "of previews"], LIVE_SECONDS)
    wait_until(lambda: any("is live" in each.body for each in shop.comments), 60)
    assert "http://shop-git-feat-cart.localhost" in shop.comments[0].body

    fork = simulated.call(github.fork, shop, "mallory")
    theirs = Clone(base / "fork", github.push_url(fork))
    theirs.git("pull", "-q", "origin", "main")
    commit = theirs.commit(files(4), "Four")
    theirs.git("push", "-q", "origin", "HEAD:main")
    simulated.call(github.pulls.open, fork, "main", mallory, "Mine")
    wait_until(lambda: previews(server).get("pr-2", {}).get("waits_for") == commit, 30)
    assert len(server.builds("shop")) == 3
    server.run("previews", "approve", "pr-2", "--project", "shop")
    wait_until(lambda: said(server, "shop-pr-2") == [4, "", ""], LIVE_SECONDS)

    wait_until(lambda: _replicas(server) == 3, 60)
    simulated.call(github.pulls.close, pull, ada)
    clone.git("push", "-q", "origin", ":feat/cart")
    simulated.call(github.pulls.close, github.state.named("ada/shop").pulls[1], mallory)
    wait_until(lambda: said(server, "shop-git-feat-cart") == said(server, "shop-pr-2") == 404, 60)
    assert previews(server) == {}
    wait_until(lambda: len(server.builds("shop")) == 2, 30)
    assert said(server, "shop") == [2, "of production", "of production"]
    wait_until(
        lambda: _states(shop) == {"production": "success", "preview/feat/cart": "inactive", "preview/pr-2": "inactive"},
        60,
    )
    wait_until(lambda: all("is closed" in each.body for each in shop.comments), 30)
    assert len(shop.comments) == 2
    wait_until(lambda: _replicas(server) == 1, 30)


def _states(shop: Any) -> dict[str, str]:
    return {each["environment"]: each["statuses"][-1]["state"] if each["statuses"] else "" for each in shop.deployments}


def _replicas(server: Server) -> int:
    return sum(int(each["facts"]["replicas"]) for each in server.run("edges", "--json").json())
