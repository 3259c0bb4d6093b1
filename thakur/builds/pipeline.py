"""The pipeline: a source arrives, is installed, built and packed, and its log says so in plain words."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.caches.loans import Loan
from thakur.builds.caches.smells import smells_of_cache
from thakur.builds.failures import explained, say, told
from thakur.builds.interface import Build, BuildFailed, Step
from thakur.builds.packing.artifacts import LocalArtifacts, Packed
from thakur.builds.packing.kept import join_output, kept_directory
from thakur.builds.packing.pruning import prune
from thakur.builds.packing.reuse import Reuse
from thakur.builds.plan import Plan
from thakur.builds.sources.arrivals import Arrivals
from thakur.builds.sources.credentials import Credential
from thakur.builds.steps.building import Builder
from thakur.builds.steps.command import (
    BUILD_SECONDS,
    NAMES_BEGIN,
    CommandFailed,
    Deadline,
    Place,
    Steps,
)
from thakur.builds.steps.ground import Ground
from thakur.builds.steps.installing import Installer
from thakur.builds.steps.planning import built, equipped, limited, planned, settled
from thakur.builds.workspaces.directories import Workspaces
from thakur.builds.workspaces.threads import to_its_end
from thakur.logs import Level, Logs
from thakur.projects import EnvVars, Overrides, Phase
from thakur.sandbox import SandboxRefused
from thakur.security import Redactor


class Pipeline:
    """Runs one build after the other, or some at once; each in a workspace of its own.

    `settings_of` gives what a project says of its builds now. `uid_of` gives a project's uid; `owns_files` says whether files are handed to it, which only root can.
    """

    def __init__(
        self,
        logs: Logs,
        env_vars: EnvVars,
        settings_of: Callable[[int], Awaitable[Overrides]],
        arrivals: Arrivals,
        workspaces: Workspaces,
        artifacts: LocalArtifacts,
        steps: Steps,
        reuse: Reuse,
        uid_of: Callable[[int], int],
        *,
        owns_files: bool,
        deadline_seconds: float = BUILD_SECONDS,
    ) -> None:
        self._logs = logs
        self._env_vars = env_vars
        self._settings_of = settings_of
        self._arrivals = arrivals
        self._workspaces = workspaces
        self._artifacts = artifacts
        self._steps = steps
        self._installer = Installer(steps)
        self._builder = Builder(steps)
        self._reuse = reuse
        self._uid_of = uid_of
        self._owns_files = owns_files
        self._deadline_seconds = deadline_seconds

    async def run(self, attempt: Attempt) -> Outcome:
        """Run the build to its end. Whatever happens, no process and no workspace of it is left. Raises BuildFailed."""
        async with self._arrivals.credentials.of(attempt.build) as credential:
            return await self._run(attempt, credential)

    async def recover(self) -> None:
        """End and remove what a crash left behind. Only while no build runs here."""
        await self._steps.end_leftovers()
        await asyncio.to_thread(self._remove_leftovers)

    async def _run(self, attempt: Attempt, credential: Credential) -> Outcome:
        build = attempt.build
        env = await self._env_vars.resolve(build.environment_id, Phase.BUILD)
        settings = await self._settings_of(build.project_id)
        # Of a user and a token the second half alone is a secret too.
        token = credential.token
        redactor = Redactor((*env.values(), token, token.partition(":")[2]))
        if build.attempt > 1:
            # The attempt before may run on where nobody can tell it that it is over.
            await self._logs.retire_writers(build.log_stream_id)
        writer = self._logs.writer(build.log_stream_id, redactor)
        workspace = self._workspaces.prepare(
            build.project_id, build.id, build.attempt, is_foreign=build.source.is_foreign
        )
        if build.attempt > 1:
            writer.write(f"Attempt {build.attempt} begins: the one before was interrupted.", Level.DEPLOY)
        place = Place(
            name=f"{NAMES_BEGIN}{build.id}-{build.attempt}",
            workspace=workspace,
            uid=self._uid_of(build.project_id),
            writer=writer,
            deadline=Deadline(self._deadline_seconds),
            env=env,
        )
        loan = self._workspaces.loan(workspace, self._owner(place))
        has_failed = False
        try:
            await self._arrivals.resolve(attempt, place, credential)
            if (reused := await self._reused(attempt, place, settings)) is not None:
                return reused
            return await self._steps_of(attempt, place, settings, loan, credential)
        except (BuildFailed, SandboxRefused) as error:
            has_failed = isinstance(error, BuildFailed)
            failure = told(error, redactor)
            say(failure, writer)
            raise BuildFailed(failure) from error
        finally:
            await asyncio.shield(asyncio.to_thread(self._leave, workspace, loan, has_failed=has_failed))
            await writer.flush()

    async def _reused(self, attempt: Attempt, place: Place, settings: Overrides) -> Outcome | None:
        build = attempt.build
        begin = time.monotonic()
        if not build.source.digest or build.source.is_foreign:
            return None
        attempt.inputs_digest = self._reuse.inputs_digest(build, place.env, settings)
        if build.source.is_fresh or (reused := await self._reuse.find(build, attempt.inputs_digest)) is None:
            return None
        place.writer.write(
            f"Reusing what #{reused.number} made ({reused.packed.digest[:12]}): the source and the settings are the same. "
            "Nothing is installed or built.",
            Level.SUCCESS,
        )
        attempt.plan = reused.plan
        Arrivals.tell_again(attempt, reused.source)
        attempt.steps.append(Step("reuse", round(time.monotonic() - begin, 3)))
        return Outcome(reused.plan, reused.artifact_plan, reused.packed, tuple(attempt.steps))

    async def _steps_of(
        self, attempt: Attempt, place: Place, settings: Overrides, loan: Loan, credential: Credential
    ) -> Outcome:
        with explained():
            async with attempt.step("clone" if attempt.build.source.kind == "git" else "unpack"):
                is_whole = await self._arrivals.arrive(attempt, place, credential)
            # What was left out now may be there the next time, so nothing made without it stands for the commit.
            made_of = self._reuse.inputs_digest(attempt.build, place.env, settings)
            attempt.inputs_digest = made_of if is_whole and not attempt.build.source.is_foreign else None
            async with attempt.step("detect"):
                decision = await planned(place, settings)
                attempt.plan, plan = decision.effective, decision.plan
                ground = await self._installer.look(place, plan)
                place = equipped(limited(place, decision.overrides), ground.manager)
            async with attempt.step("install"):
                await self._install(attempt.build, place, plan, ground, loan)
            async with attempt.step("build"):
                decision = built(decision, await self._builder.build(place, plan, loan))
            async with attempt.step("package"):
                decision = await settled(place, decision)
                attempt.plan, plan = decision.effective, decision.plan
                packed = await self._package(attempt.build, place, plan, loan)
        return Outcome(attempt.plan, plan, packed, tuple(attempt.steps))

    async def _install(self, build: Build, place: Place, plan: Plan, ground: Ground, loan: Loan) -> None:
        if plan.install is None and plan.build is None:
            return
        await to_its_end(loan.open, plan, self._reuse.circumstances(place.env), is_fresh=build.source.is_fresh)
        if loan.is_suspected:
            place.writer.write(
                "The last builds failed with the caches of earlier ones, so this one begins without any.", Level.WARNING
            )
        if loan.has_modules:
            place.writer.write(
                "The dependencies are those of an earlier build: going on from its packages", Level.DEPLOY
            )
        try:
            is_whole = await self._installer.install(place, plan, ground)
        except CommandFailed as error:
            if not loan.has_packages or not smells_of_cache(error.output, ()):
                raise
            place.writer.write("Installing again with an empty package cache, in case it is broken.", Level.WARNING)
            await to_its_end(loan.empty_packages)
            is_whole = await self._installer.install(place, plan, ground)
        await to_its_end(loan.installed, is_whole=is_whole)

    async def _package(self, build: Build, place: Place, plan: Plan, loan: Loan) -> Packed:
        await to_its_end(loan.take)
        await asyncio.to_thread(join_output, place.workspace, plan)
        kept = kept_directory(place.workspace, plan)
        if left_out := await to_its_end(prune, kept, plan):
            place.writer.write(_left_out(left_out), Level.DEPLOY)
        if plan.kind == "static" and not (kept / "index.html").is_file():
            place.writer.write(f"{plan.output} holds no index.html, so the front page is missing", Level.WARNING)
        # An artifact that nobody wants any more does no harm, so this part is waited for and not interrupted.
        owner = self._owner(place)
        pack = partial(self._artifacts.pack, is_served=plan.kind == "static")
        packed = await to_its_end(pack, build.project_id, kept, owner)
        files = f"{packed.files:,} {'file' if packed.files == 1 else 'files'} ({_size(packed.size_bytes - packed.variants_bytes)})"
        variants = f", {_size(packed.variants_bytes)} of compressed forms beside them" if packed.variants_bytes else ""
        place.writer.write(f"Packed {files} as {packed.digest[:12]}{variants}", Level.SUCCESS)
        await to_its_end(loan.keep)
        return packed

    def _owner(self, place: Place) -> int | None:
        return place.uid if self._owns_files else None

    def _leave(self, workspace: Path, loan: Loan, *, has_failed: bool) -> None:
        loan.leave(has_failed=has_failed)
        self._workspaces.remove(workspace)

    def _remove_leftovers(self) -> None:
        self._workspaces.recover()
        self._artifacts.remove_partial()
        self._arrivals.remove_partial()


def _left_out(packages: tuple[str, ...]) -> str:
    count = "1 package" if len(packages) == 1 else f"{len(packages)} packages"
    return f"Left out {count} that only development needs; what is needed at run time belongs into dependencies"


def _size(size_bytes: int) -> str:
    return f"{size_bytes / 1000:.1f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"
