"""The queue `rollouts`: claim what waits, roll it out, until nothing is left."""

import os
import socket

from thakur.runtime.rollout import Rollout
from thakur.runtime.store import DeploymentStore


class RolloutJobs:
    """What a wake-up of `rollouts` does. May run several at once: claiming is what keeps them apart."""

    def __init__(self, store: DeploymentStore, rollout: Rollout) -> None:
        self._store = store
        self._rollout = rollout
        self._worker = f"{socket.gethostname()}:{os.getpid()}"

    async def start(self) -> None:
        """Queue again what the last process of this role left in the middle."""
        await self._store.requeue_unfinished()

    async def drain(self) -> None:
        """Roll out until nothing is eligible."""
        while (deployment_id := await self._store.claim(self._worker)) is not None:
            await self._rollout.run(deployment_id)
