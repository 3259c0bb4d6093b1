"""The build step: a plan's build command, on bun or on node, and once more on node where bun may be what failed."""

from collections.abc import Sequence

import msgspec

from thakur.builds.caches.loans import Loan
from thakur.builds.caches.smells import smells_of_cache
from thakur.builds.detection.commands import shown
from thakur.builds.plan import Plan
from thakur.builds.steps.blame import may_be_the_runtimes
from thakur.builds.steps.command import BUILD_ENV, CommandFailed, Place, Steps
from thakur.builds.tools.environment import Runtime, runtime_env
from thakur.builds.workspaces.slate import Slate
from thakur.builds.workspaces.threads import to_its_end
from thakur.logs import Level

# Nothing written and nothing computed for so long: nothing will come any more.
IDLE_SECONDS = 3 * 60.0
_GET_NODE = "install it on the server with: pip install 'thakur-deploy[node]'"


class Builder:
    """Builds in the workspace of a place, whose packages are installed."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps
        self._bun = steps.toolchain.versions.get("bun", "")
        self._node = steps.toolchain.versions.get("node")

    async def build(self, place: Place, plan: Plan, loan: Loan) -> Plan:
        """Run the plan's build command, if it has one. Returns the plan with what did it. Raises BuildFailed."""
        if plan.build is None:
            return plan
        lent = await to_its_end(loan.lend_frameworks)
        place.writer.write(f"Building with {shown(plan.build)}", Level.DEPLOY)
        if lent:
            place.writer.write(f"Going on from the last build's {', '.join(lent)}", Level.DEPLOY)
        if self._node is None:
            return await self._build_without_node(place, plan, loan, lent)
        if plan.build_runtime == "node":
            await self._run(place, plan, "node", loan, lent)
            return plan
        if await to_its_end(loan.failed_on, self._bun):
            return await self._build_as_before(place, plan, loan, lent)
        return await self._build_on_either(place, plan, loan, lent)

    async def _build_as_before(self, place: Place, plan: Plan, loan: Loan, lent: Sequence[str]) -> Plan:
        place.writer.write(
            f"Beginning with node {self._node}: an earlier build with the same packages and scripts failed on bun "
            f"{self._bun} and ran on node",
            Level.DEPLOY,
        )
        try:
            await self._run(place, plan, "node", loan, lent)
        except CommandFailed as error:
            if may_be_the_runtimes(error.failure.code, error.output):
                await to_its_end(loan.forget_failed)
            raise
        return msgspec.structs.replace(plan, build_runtime="node")

    async def _build_on_either(self, place: Place, plan: Plan, loan: Loan, lent: Sequence[str]) -> Plan:
        slate = await to_its_end(Slate, place.workspace, lent)
        try:
            await self._run(place, plan, "bun", loan, lent)
        except CommandFailed as error:
            if not may_be_the_runtimes(error.failure.code, error.output):
                raise
            failure = error.failure
        else:
            return plan
        place.writer.write(
            f"{failure.what} That was on bun, and some tools only run on node: trying once more on node {self._node}.",
            Level.WARNING,
        )
        await to_its_end(loan.drop_frameworks)
        for path in await to_its_end(slate.clean):
            place.writer.write(f"{path} could not be put back: it stays as the first try left it", Level.WARNING)
        await self._run_once(place, plan, "node")
        await to_its_end(loan.note_failed_on, self._bun)
        place.writer.write(
            "The build failed on bun and ran on node. The next ones begin with node, until the lockfile, the scripts or "
            "bun change",
            Level.DEPLOY,
        )
        return msgspec.structs.replace(plan, build_runtime="node")

    async def _build_without_node(self, place: Place, plan: Plan, loan: Loan, lent: Sequence[str]) -> Plan:
        if plan.build_runtime == "node":
            place.writer.write(
                f"The tools of {plan.framework} are known to fail on bun, and this host has no node: {_GET_NODE}",
                Level.WARNING,
            )
        try:
            await self._run(place, plan, "bun", loan, lent)
        except CommandFailed as error:
            if not may_be_the_runtimes(error.failure.code, error.output):
                raise
            hint = f"{error.failure.next} If it runs on node alone, {_GET_NODE}."
            raise CommandFailed(msgspec.structs.replace(error.failure, next=hint), error.output) from error
        return plan

    async def _run(self, place: Place, plan: Plan, runtime: Runtime, loan: Loan, lent: Sequence[str]) -> None:
        try:
            await self._run_once(place, plan, runtime)
        except CommandFailed as error:
            if not lent or not smells_of_cache(error.output, lent):
                raise
            place.writer.write(
                "Building again without the last build's caches, in case they are broken.", Level.WARNING
            )
            await to_its_end(loan.drop_frameworks)
            await self._run_once(place, plan, runtime)

    async def _run_once(self, place: Place, plan: Plan, runtime: Runtime) -> None:
        assert plan.build is not None
        env = BUILD_ENV | plan.build_env | runtime_env(runtime)
        await self._steps.run(place, plan.build, env, plan.root, IDLE_SECONDS)
