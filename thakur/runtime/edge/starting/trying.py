"""Trying: a health check that gives an application another start where its own did not bring it up."""

import asyncio
from collections.abc import Awaitable, Callable

import msgspec

from thakur.errors import ThakurError
from thakur.logs import Level
from thakur.proxy import Proxy
from thakur.runtime.edge.diagnosis import held_by, not_started
from thakur.runtime.edge.health import Patience, check_health
from thakur.runtime.edge.placements.holding import Holding
from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.edge.starting.asking import Unhealthy
from thakur.runtime.edge.starting.choosing import Finding, next_start, told
from thakur.runtime.edge.starting.start import Start, node_command
from thakur.runtime.interface import Checked, DeploymentRefused

# What is left for node of an application's time, where bun gave nothing but errors.
LEFT_FOR_NODE_SECONDS = 15.0
# However late the start before ended; less would be no try.
SHORTEST_SECONDS = 5.0


class Trying:
    """`tell` is called when a placement's replicas were started anew or are reached at another port."""

    def __init__(
        self, proxy: Proxy, holding: Holding, tell: Callable[[Placement], Awaitable[None]], *, has_node: bool
    ) -> None:
        self._proxy = proxy
        self._holding = holding
        self._tell = tell
        self._has_node = has_node

    async def check(self, placement: Placement) -> Checked:
        """Return when the placement is healthy, by whichever start. Raises DeploymentRefused with what a person should mend."""
        async with placement.checking:
            return await self._check(placement)

    async def _check(self, placement: Placement) -> Checked:
        own = placement.start
        now = asyncio.get_running_loop().time
        within_seconds = placement.order.health.within_seconds
        ends_at = now() + within_seconds
        refusals: list[DeploymentRefused] = []
        notes: list[str] = []
        placement.seen.clear()
        while True:
            left = min(max(ends_at - now(), SHORTEST_SECONDS), within_seconds)
            try:
                checked = await check_health(self._proxy, placement, self._patience(placement, left))
            except DeploymentRefused as refusal:
                refusals.append(refusal)
                has_time = now() < ends_at or refusal.failure.code not in ("never_listened", "unhealthy")
                following = self._following(placement, refusal) if has_time else None
                if following is None:
                    # One that was healthy before is kept running all the same, and by the start that it was healthy with.
                    placement.start = own
                    raise _final(refusals, notes, self._holder(placement)) from refusal
            else:
                await self._holding.remember_start(placement)
                return msgspec.structs.replace(checked, notes=tuple(notes))
            notes.append(told(placement.start, following))
            placement.seen.append(notes[-1])
            await self._begin(placement, following, notes[-1])

    def _patience(self, placement: Placement, left_seconds: float) -> Patience:
        may_go_on_node = self._can_use_node(placement) and not placement.start.is_on_node
        return Patience(
            within_seconds=left_seconds,
            ends_idle=not placement.start.serves_export,
            spares_seconds=min(LEFT_FOR_NODE_SECONDS, left_seconds / 2) if may_go_on_node else 0.0,
        )

    def _can_use_node(self, placement: Placement) -> bool:
        plan = placement.order.plan
        return self._has_node and plan.runtime == "bun" and node_command(plan.start or ()) is not None

    def _following(self, placement: Placement, refusal: DeploymentRefused) -> Start | None:
        finding = Finding(
            code=refusal.failure.code,
            output=refusal.output,
            elsewhere=refusal.ports if isinstance(refusal, Unhealthy) else (),
            status=refusal.answered if isinstance(refusal, Unhealthy) else 0,
            can_use_node=self._can_use_node(placement),
        )
        # One that is on its way out has ended because it was told to.
        return None if placement.is_leaving else next_start(placement.start, finding, len(placement.replicas))

    def _holder(self, placement: Placement) -> Placement | None:
        project = self._holding.of_project(placement.order.project_id)
        return next((other for other in project if other is not placement and other.start.leads_to), None)

    async def _begin(self, placement: Placement, start: Start, note: str) -> None:
        for replica in placement.replicas:
            replica.say(note, Level.WARNING)
        is_running = start.leads_to != placement.start.leads_to
        placement.start = start
        if not is_running:
            await self._start_over(placement)
        await self._tell(placement)

    async def _start_over(self, placement: Placement) -> None:
        try:
            await asyncio.gather(*(replica.start_over() for replica in placement.replicas))
        except DeploymentRefused:
            raise
        except ThakurError as error:
            raise DeploymentRefused(not_started(error), placement.last_lines()) from error
        placement.stirred.clear()


def _final(refusals: list[DeploymentRefused], notes: list[str], holder: Placement | None) -> DeploymentRefused:
    first, last = refusals[0], refusals[-1]
    # The same again was not the start's fault, and the first one tells of what the person has written.
    failure = first.failure if first.failure.code == last.failure.code else last.failure
    if holder is not None and holder.start.leads_to is not None:
        failure = held_by(failure, holder.start.leads_to, holder.order)
    return DeploymentRefused(failure, (*last.output, *notes))
