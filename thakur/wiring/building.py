"""The worker's part: builds, from the queue to the artifact."""

from dataclasses import dataclass

from thakur.builds import UNPACKED_BYTES, UNPACKED_ENTRIES
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.endings import Endings
from thakur.builds.attempts.jobs import BuildJobs, worker_name
from thakur.builds.attempts.leftovers import Leftovers
from thakur.builds.looking import LocalPlans
from thakur.builds.packing.reuse import Reuse
from thakur.builds.pipeline import Pipeline
from thakur.builds.sources.arrivals import Arrivals
from thakur.builds.sources.credentials import Credentials
from thakur.builds.steps.command import Steps
from thakur.builds.tools.toolchain import find_toolchain
from thakur.git.local import Borders, LocalGit
from thakur.queue import BUILDS, Worker
from thakur.sandbox import LocalSandbox, root_name
from thakur.settings import Settings
from thakur.wiring.core import Core, git_rules
from thakur.wiring.tenants import TenantUids

BUILD_SLOTS = 2


@dataclass(frozen=True, slots=True)
class Building:
    """Builds, wired and not started."""

    workers: tuple[Worker, ...]


def wire_plans(settings: Settings) -> LocalPlans:
    """What looks at repositories before they are built. Raises UidsExhausted."""
    tenants, rules = TenantUids(settings.data_dir), git_rules(settings)
    git = _git(settings, LocalSandbox(root_name(settings.data_dir)))
    plans = LocalPlans(git, rules, settings.data_dir / "looks", tenants.of_none, owns_files=tenants.are_apart)
    plans.recover()
    return plans


def wire_building(core: Core) -> Building:
    """Make them. Raises BunMissing, UidsExhausted."""
    data, passed = core.settings.data_dir, core.settings.passed_to_builds
    toolchain = find_toolchain(core.settings.bun, data / "shims")
    tenants = TenantUids(data)
    sandbox = LocalSandbox(root_name(data))
    rules = git_rules(core.settings)
    git = _git(core.settings, sandbox)
    credentials = Credentials(core.repositories, core.github.lender)
    arrivals = Arrivals(core.uploads, git, credentials, rules, owns_files=tenants.are_apart)
    pipeline = Pipeline(
        core.logs,
        core.env_vars,
        core.projects.settings,
        arrivals,
        core.workspaces,
        core.artifacts,
        Steps(sandbox, toolchain, passed),
        Reuse(core.db, core.artifacts, toolchain, passed, core.env_vars.digest),
        tenants.of,
        owns_files=tenants.are_apart,
    )
    name = worker_name(data)
    endings = Endings(core.db, core.logs, core.uploads)
    jobs = BuildJobs(Claims(core.db, name), Leftovers(core.db, name), pipeline, core.logs, endings, core.runtime)
    worker = Worker(core.urls.redis_url, BUILDS, jobs.drain, BUILD_SLOTS, (jobs.renew, jobs.sweep))
    core.queue.attach(worker)
    return Building((worker,))


def _git(settings: Settings, sandbox: LocalSandbox) -> LocalGit:
    borders = Borders(unpacked_bytes=UNPACKED_BYTES, unpacked_entries=UNPACKED_ENTRIES)
    return LocalGit(sandbox, git_rules(settings), settings.passed_to_builds, borders)
