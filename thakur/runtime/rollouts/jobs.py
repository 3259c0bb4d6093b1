"""The queue `rollouts`: claim what waits, roll it out, until nothing is left."""

import asyncio
import logging
from contextlib import suppress

from thakur.background import Tasks
from thakur.db import DatabaseUnavailable
from thakur.runtime.deployments.retention import Retention
from thakur.runtime.rollouts.aftermath import Aftermath
from thakur.runtime.rollouts.claims import Claim, Claims
from thakur.runtime.rollouts.interrupts import Interrupts
from thakur.runtime.rollouts.restart import Restart
from thakur.runtime.rollouts.rollout import Rollout

RENEW_SECONDS = 1.0

log = logging.getLogger(__name__)


class RolloutJobs:
    """What a wake-up of `rollouts` does. May run several at once: claiming is what keeps them apart."""

    def __init__(
        self,
        claims: Claims,
        rollout: Rollout,
        restart: Restart,
        aftermath: Aftermath,
        interrupts: Interrupts,
        retention: Retention,
    ) -> None:
        self._claims = claims
        self._rollout = rollout
        self._restart = restart
        self._aftermath = aftermath
        self._interrupts = interrupts
        self._retention = retention
        # By attempt: a deployment may be claimed again before the end of its last claim is noted here.
        self._running: set[Claim] = set()
        self._claiming = asyncio.Lock()
        self._tasks = Tasks()

    async def start(self) -> None:
        """Begin to look for what is not kept any longer."""
        self._tasks.spawn(self._retention.run(), "retention")

    async def stop(self) -> None:
        """End the looking. Drains are ended by their worker. May be called twice."""
        await self._tasks.stop()

    async def drain(self) -> None:
        """Roll out until nothing is eligible."""
        await self.recover()
        while (claim := await self._claim()) is not None:
            try:
                await self._hold(claim)
            finally:
                self._running.discard(claim)

    async def recover(self) -> bool:
        """Put in order what ended without its worker, let what did not end wait again; whether there was any. Each second."""
        async with self._claiming:
            lost = await self._claims.lost([claim.deployment_id for claim in self._running])
            self._running.update(lost.ended)
        try:
            for stream_id in lost.waiting:
                await self._aftermath.tell(stream_id, "The server that was at it has ended; it begins again.")
            for claim in lost.ended:
                await self._aftermath.settle(claim)
        finally:
            self._running.difference_update(lost.ended)
        return bool(lost.waiting or lost.ended)

    async def _claim(self) -> Claim | None:
        # Between the claim and the note that it runs here, nobody may take it for one that a dead worker left.
        async with self._claiming:
            claim = await self._claims.claim()
            if claim is not None:
                self._running.add(claim)
        return claim

    async def _hold(self, claim: Claim) -> None:
        watchers = Tasks()
        watchers.spawn(self._renew(claim), f"hold deployment {claim.deployment_id}")
        log.info("rollout begins", extra={"deployment_id": claim.deployment_id, "attempt": claim.attempt})
        try:
            await (self._restart if claim.is_restart else self._rollout).run(claim)
            self._retention.wake()
        except asyncio.CancelledError:
            await asyncio.shield(self._hand_back(claim))
            raise
        except DatabaseUnavailable as error:
            # What an edge may be serving already is taken up again, not undone.
            log.warning(
                "rollout goes on when the database is back",
                extra={"deployment_id": claim.deployment_id, "reason": error.message},
            )
        finally:
            await watchers.stop()

    async def _hand_back(self, claim: Claim) -> None:
        # Without the database its lease runs out, which does the same a little later.
        with suppress(DatabaseUnavailable):
            await self._claims.release(claim)

    async def _renew(self, claim: Claim) -> None:
        while True:
            await asyncio.sleep(RENEW_SECONDS)
            try:
                is_wanted = await self._claims.renew(claim)
            except DatabaseUnavailable:
                continue
            if not is_wanted:
                self._interrupts.interrupt([claim.deployment_id])
