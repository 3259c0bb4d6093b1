"""Following a build until its deployment is live or will never be, and a deployment until its rollout has ended."""

import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from thakur.cli.client import Client
from thakur.cli.events import follow
from thakur.cli.interface import DeployFailed, Refused
from thakur.cli.output import log_line, say
from thakur.cli.session import project_path
from thakur.cli.stepping import steps_shown

# The log ends with the deployment; its row may be a moment behind.
SETTLE_SECONDS = 30.0
LOOK_SECONDS = 0.2

Found = TypeVar("Found")

BUILD_ENDS = ("failed", "canceled", "superseded")
UNDER_WAY = ("queued", "starting", "checking")


@dataclass(frozen=True)
class Outcome:
    """How it ended: `row` is the deployment's, or the build's if it came no further. `shown` is what its log has said."""

    number: int
    row: dict[str, Any]
    thing: str
    shown: frozenset[str] = frozenset()

    @property
    def is_live(self) -> bool:
        return self.thing == "deployment" and self.row["status"] == "active"

    @property
    def url(self) -> str | None:
        return self.row["url"] if self.is_live else None

    def summary(self) -> dict[str, Any]:
        summary = {"status": self.row["status"], "url": self.url}
        return summary | {"failure": self.row["failure"]} if self.row.get("failure") else summary

    def account(self) -> str:
        """How it ended, and of the reason what its log has not shown."""
        told = f"{self.thing.capitalize()} #{self.number} {_ENDINGS.get(self.row['status'], self.row['status'])}"
        return " ".join([f"{told}.", *unsaid(self.row, ("what", "why"), self.shown)])

    def next(self) -> str:
        return " ".join(unsaid(self.row, ("next",), self.shown))


_ENDINGS = {
    "failed": "failed",
    "canceled": "was canceled",
    "superseded": "gave way to a newer one",
    "standby": "gave way to a newer one",
    "retired": "gave way to a newer one",
}


def unsaid(row: dict[str, Any], parts: Sequence[str], shown: frozenset[str]) -> list[str]:
    """The sentences of a row's failure that nobody has read yet."""
    failure = row.get("failure") or {}
    return [failure[part] for part in parts if failure.get(part) and failure[part] not in shown]


def outcome(client: Client, project: str, number: int) -> Outcome:
    """Show the log as it comes and return how it ended. Raises DeployFailed, ServerAbsent, Refused."""
    with steps_shown(client, project, number):
        shown = _show(client, project_path(project, "builds", number, "logs"))
        row, thing = _wait(lambda: _settled(client, project, number), project, number)
    return Outcome(number, row, thing, shown)


def rollout_ended(client: Client, project: str, number: int, after: int) -> Outcome:
    """Show a deployment's log from behind line `after`; returns how it stands once nothing of it is under way.

    Raises DeployFailed, ServerAbsent, Refused.
    """
    shown = _show(client, f"{project_path(project, 'deployments', number, 'logs')}?after={after}")
    return Outcome(number, _wait(lambda: _at_rest(client, project, number), project, number), "deployment", shown)


def newest_line(client: Client, project: str, number: int) -> int:
    """The number of the last line in a deployment's log: what comes from now on is above it."""
    lines = client.get(project_path(project, "deployments", number, "logs"), last=1)
    return int(lines[-1]["number"]) if lines else 0


def _show(client: Client, path: str) -> frozenset[str]:
    reasons = set()
    for line in follow(client, path, lambda: say("The connection broke; trying again.")):
        log_line(line, sys.stderr)
        if line["level"] == "error":
            reasons.add(str(line["text"]))
    return frozenset(reasons)


def _wait(look: Callable[[], Found | None], project: str, number: int) -> Found:
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise DeployFailed(
                f"The log of #{number} has ended, and it is neither live nor failed",
                hint=f"Look at it with: thakur deployments --project {project}",
            )
        threading.Event().wait(LOOK_SECONDS)
    return found


def _settled(client: Client, project: str, number: int) -> tuple[dict[str, Any], str] | None:
    build = client.get(project_path(project, "builds", number))
    if build["status"] in BUILD_ENDS:
        return build, "build"
    try:
        deployment = client.get(project_path(project, "deployments", number))
    except Refused as refusal:
        if refusal.is_missing:
            return None
        raise
    return None if deployment["status"] in UNDER_WAY else (deployment, "deployment")


def _at_rest(client: Client, project: str, number: int) -> dict[str, Any] | None:
    deployment: dict[str, Any] = client.get(project_path(project, "deployments", number))
    return None if deployment["status"] in UNDER_WAY or deployment["is_restarting"] else deployment
