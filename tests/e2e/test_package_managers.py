"""What was written for npm, yarn and pnpm goes live unedited, with the versions of its own lockfile."""

import shutil
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.server import Server

MANAGERS = Path(__file__).parents[1] / "apps" / "managers"
# The range allows newer ones: only the lockfile says this version.
LOCKED = "hono@4.9.12"


@pytest.mark.parametrize("manager", ["npm", "yarn1", "yarn4", "pnpm"])
@pytest.mark.parametrize("kind", ["plain", "workspace"])
def test_a_repository_goes_live_as_it_is(
    server: Server, tmp_path: Path, figures: Figures, manager: str, kind: str
) -> None:
    folder = tmp_path / "app"
    shutil.copytree(MANAGERS / manager / kind, folder)
    project = f"{manager}-{kind}"

    done = server.run("deploy", str(folder), "--project", project, "--json")

    words = "a plain application" if kind == "plain" else "a workspace"
    assert server.get(project).text == f"Hello from {words}"
    log = server.run("logs", "--project", project, "--build", "1").out
    assert "bun installs in place of" in log
    assert kind == "workspace" or f"+ {LOCKED}" in log
    assert "warn" not in log.lower()
    steps = " ".join(f"{name} {seconds:.2f}" for name, seconds in server.steps(project).items())
    figures.add(f"{project}: live after {done.seconds:.2f} s; {steps}")
