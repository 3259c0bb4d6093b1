"""From `git push` to live, through a GitHub that is simulated: signed webhooks, a private repository, reports back."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.github import Clone
from support.server import Server
from support.simulated import Simulated, add_app
from support.waiting import wait_until
from thakur.fakegithub import FakeApp, FakeRepository

EXAMPLE = Path(__file__).parents[2] / "examples" / "hono"
LIVE_SECONDS = 120


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-github-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def simulated(base: Path) -> Iterator[Simulated]:
    simulated = Simulated(base / "github")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="module")
def server(base: Path, simulated: Simulated) -> Iterator[Server]:
    settings = {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1", "THAKUR_GITHUB_PULL": "no"}
    server = Server(base / "data", settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.run("stop", check=False)


@pytest.fixture(scope="module")
def app(base: Path, simulated: Simulated, server: Server) -> FakeApp:
    """Registered on GitHub, and added here by what its owner was shown."""
    app = simulated.call(simulated.github.add_app, "thakur", f"http://{server.address}/webhooks/github")
    add_app(server, simulated, app, base)
    return app


def repository(simulated: Simulated, app: FakeApp, base: Path, name: str) -> tuple[FakeRepository, Clone]:
    """A private one with the example in it, which the App is installed on, and its owner's clone."""
    made = simulated.do(simulated.github.add_repository(f"ada/{name}"))
    simulated.call(simulated.github.install, app, "ada", made)
    clone = Clone(base / f"work-{name}", simulated.github.push_url(made))
    clone.commit({path.name: path.read_bytes() for path in EXAMPLE.iterdir() if path.is_file()}, "Serve hono")
    clone.commit(
        {
            str(path.relative_to(EXAMPLE)): path.read_bytes()
            for path in EXAMPLE.rglob("*")
            if path.is_file() and "node_modules" not in path.parts
        }
    )
    return made, clone


def push(clone: Clone) -> None:
    clone.git("push", "-q", "origin", "HEAD")


def is_live(server: Server, project: str, commit: str) -> bool:
    found = server.run("projects", "--json").json()
    active = next(row["active"] for row in found if row["name"] == project)
    build = next((row for row in server.builds(project) if row["number"] == active), None)
    return build is not None and build["source"]["commit"] == commit


def test_a_push_is_live_and_github_is_told(server, simulated, app, base, figures) -> None:
    shop, clone = repository(simulated, app, base, "shop")
    push(clone)
    server.run("projects", "create", "shop", "--github", "ada/shop")
    first = clone.git("rev-parse", "HEAD")
    wait_until(lambda: is_live(server, "shop", first), LIVE_SECONDS)

    commit = clone.commit({"note.txt": "more"}, "Say more")
    began = time.monotonic()
    push(clone)
    pushed = time.monotonic()
    answers = [each for each in simulated.github.hooks.log if each.event == "push"]
    wait_until(lambda: all(each.status == "OK" for each in answers), 10)
    answered = time.monotonic()
    wait_until(lambda: is_live(server, "shop", commit), LIVE_SECONDS)
    live = time.monotonic()

    wait_until(lambda: _states(shop, commit)[-1:] == ["success"], 60)
    told = time.monotonic()
    newest = server.builds("shop")[0]
    assert (newest["source"]["message"], newest["requested_by"]) == ("Say more", "ada (GitHub)")
    assert server.get("shop").status == 200
    deployment = next(each for each in shop.deployments if each["sha"] == commit)
    assert deployment["statuses"][-1]["environment_url"].startswith("http://shop.localhost")
    assert deployment["statuses"][-1]["log_url"].endswith(f"/projects/shop/deployments/{newest['number']}")
    wait_until(
        lambda: next(each for each in shop.deployments if each["sha"] == first)["statuses"][-1]["state"] == "inactive",
        60,
    )
    figures.add(
        f"github: push {pushed - began:.2f} s, webhook answered after {answered - pushed:.2f} s, "
        f"live after {live - pushed:.2f} s, told after {told - pushed:.2f} s; steps {server.steps('shop')}"
    )


def test_the_token_of_a_build_is_revoked_and_nowhere_kept(server, simulated, app) -> None:
    left = [token for token in simulated.github.state.tokens.values() if token.permissions.get("contents") == "read"]
    lent = [token for token in left if "statuses" not in token.permissions]
    kept = [path for path in server.data_dir.rglob("*") if path.is_file() and not path.is_symlink()]

    assert lent == []
    assert not [path for path in kept if b"ghs_" in path.read_bytes() and b"git-pack" not in path.read_bytes()]
    assert "ghs_" not in server.log.read_text()
    secrets = (app.client_secret, app.webhook_secret, app.private_key.splitlines()[1])
    assert not [path for path in kept for secret in secrets if secret.encode() in path.read_bytes()]


@pytest.mark.parametrize("is_stateless", [True, False])
def test_a_token_that_ends_before_the_clone_is_minted_once_more(
    server, simulated, app, base, monkeypatch, is_stateless
) -> None:
    name = f"ending{int(is_stateless)}"
    _, clone = repository(simulated, app, base, name)
    push(clone)
    state = simulated.github.state
    minted: list[str] = []
    mint = state.mint

    def mint_and_end(installation: Any, repository_ids: Any, permissions: dict[str, str], **_: Any) -> str:
        token = mint(installation, repository_ids, permissions, is_stateless=is_stateless)
        if "statuses" not in permissions:
            minted.append(token)
            if len(minted) == 1:
                # Once it has been answered.
                simulated.loop.call_soon(state.tokens.pop, token)
        return token

    monkeypatch.setattr(state, "mint", mint_and_end)
    server.run("projects", "create", name, "--github", f"ada/{name}")
    wait_until(lambda: is_live(server, name, clone.git("rev-parse", "HEAD")), LIVE_SECONDS)

    assert len(minted) == 2
    assert {each.count(".") > 0 for each in minted} == {is_stateless}
    assert not {*minted} & {*state.tokens}, "it is revoked"


def test_what_was_pushed_while_the_server_was_away_is_live_after_its_start(
    server, simulated, app, base, figures
) -> None:
    _, clone = repository(simulated, app, base, "late")
    push(clone)
    server.run("projects", "create", "late", "--github", "ada/late")
    wait_until(lambda: is_live(server, "late", clone.git("rev-parse", "HEAD")), LIVE_SECONDS)
    server.stop()
    for number in range(3):
        commit = clone.commit({"note.txt": str(number)}, f"Note {number}")
        push(clone)
    builds = 1

    server.start()
    began = time.monotonic()
    wait_until(lambda: is_live(server, "late", commit), LIVE_SECONDS)

    assert len(server.builds("late")) == builds + 1, "the newest commit alone"
    figures.add(f"github: three pushes missed, the newest is live {time.monotonic() - began:.1f} s after the start")


def _states(repository: FakeRepository, sha: str) -> list[str]:
    return [each["state"] for each in repository.statuses if each["sha"] == sha]
