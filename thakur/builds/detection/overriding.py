"""Overriding: what somebody says of an application takes the place of what detection found."""

import msgspec

from thakur.builds.detection.commands import shell, shell_start, under
from thakur.builds.plan import Plan, ReplicaLimits
from thakur.projects import Overrides

SETTINGS = "the project's settings"
# These are read when a deployment is made, and need no build.
OF_THE_START = frozenset({"start", "health_path", "runtime", "spa_fallback", "memory_mb", "cpus", "processes"})


def overridden(plan: Plan, said: Overrides) -> Plan:
    """A plan whose paths are the application's own, as `said` has it for the build and for what is kept."""
    if said.install is not None:
        plan = msgspec.structs.replace(plan, install=shell(said.install) if said.install else None, notes=())
    if said.trust_scripts is not None:
        plan = msgspec.structs.replace(plan, trusts_scripts=said.trust_scripts)
    if said.build is not None:
        plan = msgspec.structs.replace(plan, build=shell(said.build) if said.build else None)
    if said.runtime is not None:
        plan = msgspec.structs.replace(plan, build_runtime=said.runtime)
    if said.start is not None:
        # Whoever starts it himself may want any file and any package.
        return msgspec.structs.replace(
            plan, kind="server", output=said.output or ".", copies=(), start_in=".", start=shell_start(said.start)
        )
    if said.output is not None:
        return msgspec.structs.replace(plan, kind="static", output=said.output, copies=(), start_in=".", start=None)
    return plan


def with_settings(plan: Plan, settings: Overrides) -> Plan:
    """The plan as a deployment follows it that is made under these settings of its project."""
    told = {name: SETTINGS for name in OF_THE_START if getattr(settings, name) is not None}
    return noted(started(plan, settings), told)


def started(plan: Plan, said: Overrides) -> Plan:
    """The plan as `said` has it for what needs no build."""
    limits = ReplicaLimits(
        memory_mb=said.memory_mb or plan.limits.memory_mb,
        cpus=said.cpus or plan.limits.cpus,
        processes=said.processes or plan.limits.processes,
    )
    is_spa = plan.is_spa if said.spa_fallback is None else said.spa_fallback
    runtime = said.runtime or plan.runtime
    start = plan.start
    if start is not None:
        # What was built as files to serve holds nothing to start.
        start = under(runtime, shell_start(said.start) if said.start else start)
    return msgspec.structs.replace(
        plan,
        limits=limits,
        is_spa=is_spa,
        runtime=runtime,
        start=start,
        health_path=said.health_path or plan.health_path,
    )


def noted(plan: Plan, told: dict[str, str]) -> Plan:
    """The plan with a note of who decided what."""
    return msgspec.structs.replace(plan, overridden={**plan.overridden, **told}) if told else plan
