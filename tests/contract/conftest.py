"""What others have written for GitHub, turned on the stand-in and on Thakur: `make contract`."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.foreign import CONTRACT
from support.github import Clone
from support.github_documents import Judge
from support.simulated import Simulated

CONTROL = "the-control-token-of-this-run"
CALLBACK = "http://127.0.0.1:1/login/github/callback"
STRANGE = "feat/$(touch${IFS}pwn);x&y|`id`"


FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    for line in config.stash[FIGURES]:
        terminalreporter.write_line(line)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            # It starts whole servers, and speaks as slowly as others' libraries do.
            item.add_marker("e2e")


@pytest.fixture(scope="session")
def figures(request: pytest.FixtureRequest) -> list[str]:
    """What is worth a line below the results."""
    return request.config.stash[FIGURES]


@pytest.fixture(scope="session")
def node() -> Path:
    """Node, where the packages of package.json are installed."""
    found = shutil.which("node")
    if found is None or not (CONTRACT / "node_modules").is_dir():
        pytest.skip("node is missing, or npm has installed nothing in tests/contract: run make contract")
    return Path(found)


@pytest.fixture(scope="session")
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-contract-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="session")
def simulated(base: Path) -> Iterator[Simulated]:
    simulated = Simulated(base / "github", CONTROL)
    yield simulated
    simulated.stop()


@pytest.fixture(scope="session")
def judge(simulated: Simulated) -> Judge:
    judge = Judge()
    simulated.github.gate.watch, simulated.github.hooks.watch = judge.answer, judge.event
    return judge


@pytest.fixture(scope="session")
def githubkit() -> Path:
    """The Python that has githubkit."""
    found = CONTRACT.parents[1] / ".venv-contract" / "bin" / "python"
    if not found.is_file():
        pytest.skip("githubkit is missing: run make contract")
    return found


@pytest.fixture
def given(tmp_path: Path, simulated: Simulated, judge: Judge) -> Path:
    """A file of what a script needs to know of a new App on a repository with something in it."""
    github, do = simulated.github, simulated.do
    owner = f"ada-{len(github.state.apps)}"
    app = simulated.call(
        github.add_app, f"thakur-{owner}", "http://127.0.0.1:1/webhooks/github", owner, callback_urls=[CALLBACK]
    )
    app.has_device_flow = True
    shop = do(github.add_repository(f"{owner}/shop"))
    many = [do(github.add_repository(f"{owner}/r{number:03}")) for number in range(110)]
    do(github.add_repository("grace/secret"))
    installation = simulated.call(github.install, app, owner, shop, *many)
    clone = Clone(tmp_path / "work", github.push_url(shop))
    first = clone.commit({"README.md": "# héllo\n", "apps/web/a.txt": "1\n"}, "One")
    sha = clone.commit({"apps/web/a.txt": "2\n"}, "Two")
    branches = [f"HEAD:refs/heads/b{number:02}" for number in range(25)]
    clone.git("push", "-q", "origin", "HEAD", "HEAD:refs/tags/v1", f"HEAD:refs/heads/{STRANGE}", *branches)
    clone.git("checkout", "-q", "-b", "next")
    clone.commit({"next.txt": "1\n"}, "Three")
    clone.git("push", "-q", "origin", "HEAD")
    user = github.state.people.user(owner)
    pull = simulated.call(github.pulls.open, shop, "next", user, "Next")
    simulated.call(github.check, shop, sha, "tests", status="completed", conclusion="success")
    told = {
        "url": github.url,
        "control_token": CONTROL,
        "app_id": app.id,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "webhook_secret": app.webhook_secret,
        "private_key": app.private_key,
        "installation_id": installation.id,
        "repository": shop.full_name,
        "first": first,
        "sha": sha,
        "strange": STRANGE,
        "pull": pull.number,
        "callback": CALLBACK,
        "cookie": "; ".join(f"{name}={value}" for name, value in github.pages.cookies(user).items()),
    }
    file = tmp_path / "given.json"
    file.write_text(json.dumps(told))
    return file
