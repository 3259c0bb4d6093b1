"""A newcomer's first deploys: each goes live through the proxy, and costs little more than plain bun."""

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.examples import SERVERS, VITE, Example
from support.floors import Floor
from support.server import Server

ROUNDS = 3
MOST_ROUNDS = 5
# Builds stand back behind whatever else runs, plain bun does not: on a host with more to do than cores they differ.
BUSY_LOAD = 1.5 * (os.cpu_count() or 1)
FACTOR = 1.10
ALLOWANCE_SECONDS = 1.5


@pytest.mark.parametrize("example", [VITE, *SERVERS], ids=lambda example: example.name)
def test_the_first_example_is_live(server: Server, tmp_path: Path, example: Example) -> None:
    folder = example.write_for_port(tmp_path / "app")

    done = server.deploy(folder, f"first-{example.name}")

    assert done["status"] == "active"
    answer = server.get(f"first-{example.name}")
    assert (answer.status, example.word in answer.text) == (200, True)
    assert server.builds(f"first-{example.name}")[0]["plan"]["framework"] == example.framework


@pytest.mark.parametrize("example", [one for one in SERVERS if one.fixed], ids=lambda example: example.name)
def test_an_example_with_a_fixed_port_is_live_twice_and_the_log_says_how(
    server: Server, tmp_path: Path, figures: Figures, example: Example
) -> None:
    folder, project = example.write(tmp_path / "app"), f"fixed-{example.name}"
    first = server.deploy(folder, project)
    second = server.run("deploy", str(folder), "--project", project, "--fresh", "--json").json()

    assert (first["status"], second["status"]) == ("active", "active")
    assert example.word in server.get(project).text
    assert "port is fixed to 3000" in server.run("logs", "--project", project, "--build", "1").out
    figures.add(f"fixed port, {example.name}: {first['seconds']} s found out, {second['seconds']} s known")


@pytest.mark.parametrize("has_lock", [False, True], ids=["unlocked", "locked"])
@pytest.mark.parametrize("example", [VITE, *SERVERS], ids=lambda example: example.name)
def test_a_deploy_costs_little_more_than_plain_bun(
    server: Server, tmp_path: Path, figures: Figures, example: Example, *, has_lock: bool
) -> None:
    folder = example.write_for_port(tmp_path / "app")
    floor = Floor(tmp_path, folder)
    if has_lock:
        floor.lock()
    cold, warm = Course("cold"), Course("warm")
    is_busy = os.getloadavg()[0] > BUSY_LOAD
    for number in range(MOST_ROUNDS):
        # A project has a package cache of its own, so its first deploy is cold and its second is not.
        project = f"{example.name}-{'locked' if has_lock else 'unlocked'}-{number}"
        for course in (cold, warm):
            # What is the same to the last byte need not be built again.
            (folder / "CHANGES.md").write_text(f"{course.kind} {number}")
            course.plain.append(floor.cold() if course is cold else floor.warm())
            course.deploys.append(server.run("deploy", str(folder), "--project", project, "--json").seconds)
            course.steps = server.steps(project)
        server.run("projects", "delete", project, "--yes")
        if number + 1 >= ROUNDS and cold.is_cheap and warm.is_cheap:
            break

    for course in (cold, warm):
        judged = " (host busy, not judged)" if is_busy else ""
        figures.add(f"{example.name:8} {'locked ' if has_lock else 'no lock'} {course}{judged}")
        assert course.is_cheap or is_busy


@dataclass
class Course:
    """The rounds of one kind, cold or warm."""

    kind: str
    plain: list[float] = field(default_factory=list)
    deploys: list[float] = field(default_factory=list)
    steps: dict[str, float] = field(default_factory=dict)

    @property
    def is_cheap(self) -> bool:
        # Whatever else this host does only adds: the least disturbed rounds say what a deploy costs.
        return min(self.deploys) <= FACTOR * min(self.plain) + ALLOWANCE_SECONDS

    def __str__(self) -> str:
        total, bottom = statistics.median(self.deploys), statistics.median(self.plain)
        steps = " ".join(f"{name} {seconds:.2f}" for name, seconds in self.steps.items())
        return (
            f"{self.kind}: {total:.2f} s, plain bun {bottom:.2f} s, ratio {total / bottom:.2f}, above 1.10x "
            f"{total - FACTOR * bottom:+.2f} s (medians of {len(self.plain)}); {steps}"
        )
