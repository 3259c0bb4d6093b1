"""An act on a deployment, followed to its end: what is shown meanwhile, and what is said of it."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from thakur.cli.following import Outcome, newest_line, rollout_ended, unsaid
from thakur.cli.interface import RolloutFailed
from thakur.cli.output import document, result, say
from thakur.cli.session import project_path

if TYPE_CHECKING:
    from thakur.cli.session import Session


@dataclass
class Act:
    """What a person asked of a project's deployments, and since when they wait."""

    session: "Session"
    project: str
    is_json: bool
    began: float = field(default_factory=time.monotonic)

    def carry_out(self, number: int, ask: Callable[[], dict[str, Any]]) -> Outcome:
        """Ask, show the log of the deployment that it is about, and return how that stands at its end."""
        client = self.session.client
        after = newest_line(client, self.project, number)
        return self.follow(int(ask()["number"]), after)

    def follow(self, number: int, after: int = 0) -> Outcome:
        """Show the log of a deployment that is under way, and return how it stands at its end."""
        try:
            return rollout_ended(self.session.client, self.project, number, after)
        except KeyboardInterrupt:
            say(f"\n#{number} goes on. Look at it with: thakur logs -f --project {self.project} --deployment {number}")
            raise

    def conclude(self, ending: Outcome, done: str) -> int:
        """Say how it ended; the deployment is active and has no failure if it ended well. Raises RolloutFailed."""
        row = ending.row
        seconds = round(time.monotonic() - self.began, 1)
        is_well = row["status"] == "active" and not row["failure"]
        url = row["url"] if row["status"] == "active" else None
        if self.is_json:
            summary = {"project": self.project, "number": row["number"], "status": row["status"], "url": url}
            failure = {"failure": row["failure"]} if row["failure"] else {}
            document(summary | failure | {"seconds": seconds})
        if not is_well:
            raise self._failed(ending)
        say(f"#{row['number']} {done} after {seconds} s.")
        if not self.is_json:
            result(str(url))
        return 0

    def _failed(self, ending: Outcome) -> RolloutFailed:
        row = ending.row
        told = [f"#{row['number']} is {row['status']}.", *unsaid(row, ("what", "why"), ending.shown)]
        live = self.session.client.get(project_path(self.project))
        if live["active"]:
            told.append(f"#{live['active']} is still live at {live['url']}.")
        return RolloutFailed(" ".join(told), hint=ending.next())
