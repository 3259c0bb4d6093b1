"""The install step: the packages that a plan needs, by its lockfile as far as that goes."""

import re

from thakur.builds.detection.commands import shown
from thakur.builds.detection.wishes import unmet
from thakur.builds.plan import Plan
from thakur.builds.steps.command import INSTALL_ENV, CommandFailed, Place, Steps
from thakur.builds.steps.ground import NO_GROUND, Ground, look, set_aside
from thakur.builds.steps.trusting import run_scripts
from thakur.builds.tools.environment import Runtime, runtime_env
from thakur.builds.workspaces.threads import to_its_end
from thakur.logs import Level

# A slow registry takes next to no processor time while a large package comes.
IDLE_SECONDS = 10 * 60.0
_BLOCKED = re.compile(r"Blocked \d+ postinstall")
# Tools that read lockfiles know bun's first format only, and take pnpm's for a sign of pnpm's own files.
TIDY = """\
if [ -e bun.lock ]; then sed -i '2s/"lockfileVersion": 2/"lockfileVersion": 1/' bun.lock; fi
if [ -e nx.json ]; then rm -f pnpm-lock.yaml; fi
"""


class Installer:
    """Installs into the workspace of a place, whose cache is there already."""

    def __init__(self, steps: Steps) -> None:
        self._steps = steps

    async def look(self, place: Place, plan: Plan) -> Ground:
        """What the source says of its installation, before anything of it has run; lockfiles that do not count go."""
        if plan.install is None:
            return NO_GROUND
        directory = place.workspace / plan.install_in
        ground = await to_its_end(look, directory)
        await to_its_end(set_aside, directory, ground)
        return ground

    async def install(self, place: Place, plan: Plan, ground: Ground) -> bool:
        """Install what package.json asks for, and what the plan adds to it. May be called again. Raises BuildFailed.

        Whether all of it is as it should be, so that another build may go on from it.
        """
        is_whole = True
        if plan.install is not None:
            is_whole = await self._install_packages(place, plan, ground, plan.install)
        if plan.adds:
            place.writer.write(f"Adding {', '.join(plan.adds)}, which {plan.framework} needs here", Level.DEPLOY)
            await self._run(place, plan, ("bun", "add", "--dev", *plan.adds), plan.root)
        return is_whole

    async def _install_packages(self, place: Place, plan: Plan, ground: Ground, command: tuple[str, ...]) -> bool:
        self._say(place, ground)
        if ground.wants_flat and command == ("bun", "install"):
            command = (*command, "--linker", "hoisted")
        place.writer.write(f"Installing with {shown(command)}", Level.DEPLOY)
        output = await self._install(place, plan, command)
        if command[:2] != ("bun", "install"):
            return True
        is_whole = not _BLOCKED.search(output) or await self._see_to_scripts(place, plan, ground)
        if ground.lock is not None and ground.is_foreign:
            await self._run(place, plan, ("sh", "-c", TIDY))
        return is_whole

    def _say(self, place: Place, ground: Ground) -> None:
        lock, tools = ground.lock, self._steps.toolchain
        if lock is not None and lock.manager != "bun":
            if lock.migrates:
                place.writer.write(f"bun installs in place of {ground.manager}, by {lock.name}", Level.DEPLOY)
            else:
                place.writer.write(
                    f"{lock.name} is of format {lock.format}, which bun cannot take over. Versions are chosen anew from "
                    f"package.json and may differ from yours. Write it with a newer {lock.manager}, or commit a bun.lock.",
                    Level.WARNING,
                )
        for name in ground.others:
            place.writer.write(f"{name} is ignored: package.json names {ground.wishes.package_manager}", Level.WARNING)
        for sentence in unmet(ground.wishes, tools.versions, tools.stand_in):
            place.writer.write(sentence, Level.WARNING)

    async def _install(self, place: Place, plan: Plan, command: tuple[str, ...]) -> str:
        try:
            return await self._run(place, plan, command)
        except CommandFailed as error:
            if error.failure.code != "lockfile_drift":
                raise
        place.writer.write(
            "Lockfile drift: the lockfile does not fit package.json. Installing without it; run bun install and commit "
            "the lockfile that it writes.",
            Level.WARNING,
        )
        return await self._install(place, plan, tuple(word for word in command if word[:8] != "--frozen"))

    async def _see_to_scripts(self, place: Place, plan: Plan, ground: Ground) -> bool:
        is_trusting = ground.is_foreign and not ground.wishes.names_trusted
        if is_trusting if plan.trusts_scripts is None else plan.trusts_scripts:
            place.writer.write("Running the install scripts of packages, as npm does", Level.DEPLOY)
            return await run_scripts(lambda command: self._run(place, plan, command), place.writer)
        await self._run(place, plan, ("bun", "pm", "untrusted"))
        place.writer.write(
            "The scripts above did not run: bun runs those of packages that trustedDependencies in package.json "
            "names. Name a package there if it does not work without, or set trust_scripts.",
            Level.WARNING,
        )
        return True

    async def _run(self, place: Place, plan: Plan, command: tuple[str, ...], directory: str | None = None) -> str:
        runtime: Runtime = "node" if "node" in (plan.runtime, plan.build_runtime) else "bun"
        return await self._steps.run(
            place, command, INSTALL_ENV | runtime_env(runtime), directory or plan.install_in, IDLE_SECONDS
        )
