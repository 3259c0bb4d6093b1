"""Twenty projects are pushed to while the platform is down: what is live after its start, when, and what was built for it."""

import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.github import Clone
from support.server import Server
from support.simulated import Simulated, add_app
from support.waiting import wait_until

PROJECTS = 20
MORE = 5
LIVE_SECONDS = 240


@pytest.fixture
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-downtime-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture
def simulated(base: Path) -> Iterator[Simulated]:
    simulated = Simulated(base / "github")
    yield simulated
    simulated.stop()


def page(project: int, version: int) -> str:
    return f"<!doctype html><title>{project}</title>version {version}"


def serves(server: Server, project: int, version: int) -> bool:
    return f"version {version}" in server.get(f"site{project}").text


@pytest.mark.parametrize("pulls", ["no", "yes"])
def test_every_newest_commit_is_live_after_the_start_and_nothing_is_built_twice(
    base, simulated, pulls, figures
) -> None:
    settings = {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1", "THAKUR_GITHUB_PULL": pulls}
    server = Server(base / "data", settings)
    server.start()
    try:
        clones = followed(server, simulated, base)
        server.stop()
        newest = dict.fromkeys(range(PROJECTS), 2)
        pushes = [*range(PROJECTS), *[0] * MORE]
        versions = dict.fromkeys(range(PROJECTS), 1)
        for project in pushes:
            versions[project] += 1
            clones[project].commit({"index.html": page(project, versions[project])}, f"Version {versions[project]}")
            clones[project].git("push", "-q", "origin", "HEAD")
        newest[0] += MORE
        assert versions == newest

        began = time.monotonic()
        server.start()
        ready = time.monotonic()
        first: list[float] = []

        def all_live() -> bool:
            live = [project for project in range(PROJECTS) if serves(server, project, newest[project])]
            first.extend([time.monotonic()] if live and not first else [])
            return len(live) == PROJECTS

        wait_until(all_live, LIVE_SECONDS)
        live = time.monotonic()
        # Every event that was lost is there as well by now, and leads to nothing more.
        wait_until(lambda: _is_told(simulated, pulls), 60)
        built = [server.builds(f"site{project}") for project in range(PROJECTS)]
        commits = [build["source"]["commit"] for builds in built for build in builds]

        assert [len(builds) for builds in built] == [2] * PROJECTS
        assert len(set(commits)) == len(commits)
        figures.add(
            f"downtime ({'pulled' if pulls == 'yes' else 'webhooks'}): {len(pushes)} pushes to {PROJECTS} projects missed;"
            f" ready {ready - began:.1f} s, first live {first[0] - began:.1f} s, all live {live - began:.1f} s after the"
            f" start; {len(commits) - PROJECTS} builds for {len(pushes)} pushes"
        )
    finally:
        server.stop()
        server.run("stop", check=False)


def test_a_push_that_github_cannot_tell_of_is_live_soon(base, simulated, figures) -> None:
    server = Server(base / "data", {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1"})
    server.start()
    try:
        (clone,) = followed(server, simulated, base, 1)
        simulated.github.hooks.is_cut = True
        seconds = []
        for version in (2, 3, 4):
            clone.commit({"index.html": page(0, version)})
            clone.git("push", "-q", "origin", "HEAD")
            pushed = time.monotonic()
            wait_until(lambda version=version: serves(server, 0, version), LIVE_SECONDS)
            seconds.append(time.monotonic() - pushed)

        told = ", ".join(f"{each:.1f} s" for each in seconds)
        figures.add(f"downtime: without a webhook a push was live after {told}")
    finally:
        server.stop()
        server.run("stop", check=False)


def followed(server: Server, simulated: Simulated, base: Path, projects: int = PROJECTS) -> list[Clone]:
    """Projects with their first version live, each of a repository of its own; their owners' clones."""
    app = simulated.call(simulated.github.add_app, "thakur", f"http://{server.address}/webhooks/github")
    add_app(server, simulated, app, base)
    repositories = [simulated.do(simulated.github.add_repository(f"ada/site{each}")) for each in range(projects)]
    simulated.call(simulated.github.install, app, "ada", *repositories)
    clones = []
    for project, repository in enumerate(repositories):
        clone = Clone(base / f"work{project}", simulated.github.push_url(repository))
        clone.commit({"index.html": page(project, 1)}, "Version 1")
        clone.git("push", "-q", "origin", "HEAD")
        server.run("projects", "create", f"site{project}", "--github", f"ada/site{project}")
        clones.append(clone)
    wait_until(lambda: all(serves(server, project, 1) for project in range(projects)), LIVE_SECONDS)
    return clones


def _is_told(simulated: Simulated, pulls: str) -> bool:
    pushed = [each for each in simulated.github.hooks.log if each.event == "push"]
    if pulls == "yes":
        return not any(each.is_again for each in pushed)
    return {each.guid for each in pushed} == {each.guid for each in pushed if each.status == "OK"}
