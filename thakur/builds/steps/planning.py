"""Planning: what detection decides about a workspace, told in the build's log."""

import asyncio

import msgspec

from thakur.builds.detection.describe import changes, describe
from thakur.builds.detection.detect import Decision, decide, settle
from thakur.builds.detection.tree import read_built_tree, read_tree
from thakur.builds.plan import Plan
from thakur.builds.steps.command import Place, build_limits
from thakur.builds.tools.environment import manager_env
from thakur.logs import Level
from thakur.projects import Overrides


async def planned(place: Place, settings: Overrides) -> Decision:
    """Look at what was unpacked. Raises BuildFailed."""
    decision = await asyncio.to_thread(lambda: decide(read_tree(place.workspace), settings))
    for line in describe(decision.effective):
        place.writer.write(line, Level.DEPLOY)
    for note in decision.plan.notes:
        place.writer.write(note, Level.WARNING)
    return decision


def built(decision: Decision, plan: Plan) -> Decision:
    """The decision with what the build turned out to run on."""
    if plan.build_runtime == decision.plan.build_runtime:
        return decision
    return msgspec.structs.replace(decision, plan=plan)


async def settled(place: Place, decision: Decision) -> Decision:
    """Look again at what was built, where something was."""
    if decision.plan.build is None:
        return decision
    after = await asyncio.to_thread(lambda: settle(decision, read_built_tree(place.workspace)))
    after = built(after, msgspec.structs.replace(after.plan, build_runtime=decision.plan.build_runtime))
    for line in changes(decision.effective, after.effective):
        place.writer.write(line, Level.DEPLOY)
    return after


def equipped(place: Place, manager: str) -> Place:
    """The place with what its tools are told: the package manager that the project names."""
    return msgspec.structs.replace(place, env={**manager_env(manager), **place.env})


def limited(place: Place, overrides: Overrides) -> Place:
    """The place with the limits that its project asks for, as far as this host goes."""
    if overrides.build_minutes is not None:
        place.deadline.allow(overrides.build_minutes * 60.0)
    return msgspec.structs.replace(place, limits=build_limits(overrides.build_memory_mb))
