"""The install step: the packages that a plan needs, by its lockfile as far as that goes."""

import shlex

from thakur.builds.interface import Plan
from thakur.builds.steps import INSTALL_ENV, CommandFailed, Place, Steps
from thakur.logs import Level


class Installer:
    """Installs into the workspace of a place, whose cache is there already."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    async def install(self, place: Place, plan: Plan) -> None:
        """Run the plan's install command, without the lockfile when that has drifted. Raises BuildFailed."""
        if plan.install is None:
            return
        place.writer.write(f"Installing with {shlex.join(plan.install)}", Level.DEPLOY)
        try:
            await self._run(place, plan, plan.install)
        except CommandFailed as error:
            if "lockfile is frozen" not in error.output:
                raise
            place.writer.write(
                "Lockfile drift: the lockfile does not fit package.json. Installing without it; run bun install and commit "
                "the lockfile that it writes.",
                Level.WARNING,
            )
            await self._run(place, plan, tuple(word for word in plan.install if word[:8] != "--frozen"))

    async def _run(self, place: Place, plan: Plan, command: tuple[str, ...]) -> None:
        await self._steps.run(place, command, INSTALL_ENV, plan.install_in)
