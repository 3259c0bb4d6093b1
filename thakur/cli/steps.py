"""The steps of one number, from its source to its visitors, as one line of a terminal."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from thakur.cli.output import BOLD, DIM, GREEN, RED

WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
MARKS = {WAITING: "·", RUNNING: "▸", DONE: "✓", FAILED: "✗"}
COLORS = {WAITING: DIM, RUNNING: BOLD, DONE: GREEN, FAILED: RED}
NAMES = {
    "clone": "Clone",
    "unpack": "Upload",
    "install": "Install",
    "build": "Build",
    "package": "Package",
    "start": "Start",
    "check": "Check",
    "switch": "Switch",
}
BUILDING, PLACING = ("install", "build", "package"), ("start", "check", "switch")
NOW = {"starting": "start", "checking": "check"}
# Parts of a step that the line has: looking where a ref points is of the clone, looking for a framework of either.
ARRIVING = ("resolve", "clone", "unpack", "detect", "reuse")
WORTH_TELLING_SECONDS = 0.1

Row = Mapping[str, Any]
Piece = tuple[str, str]


@dataclass(frozen=True)
class Standing:
    """A step and how far it is."""

    name: str
    state: str
    seconds: float | None = None


def standings(build: Row, deployment: Row | None) -> list[Standing]:
    """All seven steps of a build and its deployment, in order."""
    first = "clone" if build["source"]["kind"] == "git" else "unpack"
    known = {step["name"]: step for step in build["steps"]}
    arrival = [known[name] for name in ARRIVING if name in known]
    found = [_whole(first, arrival, build)] + [_of_build(name, known, build) for name in BUILDING]
    return found + [_of_rollout(name, deployment) for name in PLACING]


def pieces(found: Sequence[Standing], room: int) -> list[Piece]:
    """What fits into `room` columns: all steps with their times, without them, only those up to now, or one and its place."""
    until_now = [step for step in found if step.state != WAITING]
    for line in (_line(found), _line(_bare(found)), _line(_bare(until_now))):
        if line and sum(len(text) for text, _ in line) <= room:
            return line
    place = max(len(until_now), 1)
    now = found[place - 1]
    return [(f"[{place}/{len(found)}] {_told(now)}"[: max(room, 0)], COLORS[now.state])]


def _line(shown: Iterable[Standing]) -> list[Piece]:
    line: list[Piece] = []
    for step in shown:
        line += [("  ", "")] if line else []
        line.append((_told(step), COLORS[step.state]))
    return line


def _bare(found: Iterable[Standing]) -> list[Standing]:
    return [replace(step, seconds=None) if step.state == DONE else step for step in found]


def _told(step: Standing) -> str:
    return f"{MARKS[step.state]} {NAMES[step.name]}{_took(step)}"


def _took(step: Standing) -> str:
    if step.seconds is None or (step.state == DONE and step.seconds < WORTH_TELLING_SECONDS):
        return ""
    return f" {step.seconds:.1f}s" if step.state == DONE else f" {step.seconds:.0f}s"


def _whole(name: str, parts: Sequence[Row], build: Row) -> Standing:
    if not parts:
        return Standing(name, FAILED if build["failure"] else RUNNING if build["status"] == "running" else WAITING)
    seconds = sum(part["seconds"] or 0.0 for part in parts if part.get("seconds"))
    return Standing(name, _state(parts[-1], build), seconds)


def _of_build(name: str, known: Mapping[str, Row], build: Row) -> Standing:
    if name in known:
        return Standing(name, _state(known[name], build), known[name].get("seconds"))
    # An artifact that is there already, a project without a build script: nothing is left to do.
    return Standing(name, DONE if build["status"] == "succeeded" else WAITING)


def _of_rollout(name: str, deployment: Row | None) -> Standing:
    if deployment is None:
        return Standing(name, WAITING)
    known = {step["name"]: step for step in deployment["steps"]}
    if name in known:
        return Standing(name, _state(known[name], deployment), known[name].get("seconds"))
    if NOW.get(deployment["status"]) == name:
        return Standing(name, RUNNING)
    return Standing(name, DONE if deployment["status"] == "active" else WAITING)


def _state(step: Row, row: Row) -> str:
    if row["failure"] and step is row["steps"][-1]:
        return FAILED
    return RUNNING if step.get("seconds") is None else DONE
