"""Watching a check: what the edge sees of a deployment goes into its log while the check lasts."""

import asyncio
import contextlib

from thakur.background import Tasks
from thakur.errors import Unavailable
from thakur.logs import Entry, Level, Logs
from thakur.runtime.interface import Checked, Deployment, Edge

LOOK_SECONDS = 1.0


class Watch:
    """Of one deployment. Whatever is seen twice is said once."""

    def __init__(self, logs: Logs, deployment: Deployment) -> None:
        self._logs = logs
        self._deployment = deployment
        self._said: set[str] = set()

    async def check(self, edge: Edge) -> Checked:
        """Let the edge check the deployment, and say meanwhile what it sees. Raises what `edge.check` does."""
        tasks = Tasks()
        tasks.spawn(self._look(edge), f"watch the check of {self._deployment.id}")
        try:
            return await edge.check(self._deployment.id)
        finally:
            await tasks.stop()

    def unsaid(self, lines: tuple[str, ...]) -> tuple[str, ...]:
        """Those of the lines that were not said meanwhile."""
        return tuple(line for line in lines if line not in self._said)

    async def _look(self, edge: Edge) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            # An edge that is away is met by the check as well.
            with contextlib.suppress(Unavailable):
                if lines := self.unsaid(await edge.seen(self._deployment.id)):
                    self._said.update(lines)
                    entries = [Entry(line, Level.WARNING) for line in lines]
                    await self._logs.append(self._deployment.log_stream_id, entries)
