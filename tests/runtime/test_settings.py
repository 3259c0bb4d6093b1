"""A deployment follows the settings that its project had when it was made."""

import msgspec

from support.rollout_room import SERVER, RolloutRoom
from thakur.builds import ReplicaLimits
from thakur.builds.detection.commands import shown
from thakur.projects import Overrides
from thakur.runtime import Deployment, Order

MB = 1024 * 1024


async def order_of(room: RolloutRoom, deployment: Deployment) -> Order:
    return await room.runtime.order(await room.runtime.by_id(deployment.id))


async def test_an_order_says_the_limits_and_the_health_check_of_its_settings(room: RolloutRoom) -> None:
    project = await room.project()
    plan = msgspec.structs.replace(SERVER, limits=ReplicaLimits(cpus=0.5, processes=64), health_path="/up")
    await room.projects.change_settings(room.principal, project.id, {"memory_mb": 128, "processes": 32})

    order = await order_of(room, await room.deployed(project, plan))

    assert (order.memory_bytes, order.cpus, order.processes) == (128 * MB, 0.5, 32)
    assert order.health.path == "/up"


async def test_without_any_word_the_usual_holds(room: RolloutRoom) -> None:
    order = await order_of(room, await room.deployed(await room.project()))
    usual = {field.name: field.default for field in msgspec.structs.fields(Order)}

    assert (order.memory_bytes, order.cpus, order.processes) == (
        usual["memory_bytes"],
        usual["cpus"],
        usual["processes"],
    )


async def test_a_redeploy_takes_the_settings_of_now_and_a_rollback_brings_the_old_ones_back(room: RolloutRoom) -> None:
    project = await room.project()
    await room.projects.change_settings(room.principal, project.id, {"start": "bun old.ts", "memory_mb": 64})
    first = await room.deployed(project)
    await room.projects.change_settings(room.principal, project.id, {"start": "bun new.ts", "memory_mb": None})

    again = await room.rollouts.redeploy(room.principal, project.id, 1, "production")
    await room.jobs.drain()
    order = await order_of(room, again)
    await room.rollouts.rollback(room.principal, project.id, 1)
    await room.jobs.drain()
    back = await order_of(room, first)

    assert (shown(order.plan.start or ()), order.memory_bytes) == ("bun new.ts", 512 * MB)
    assert (shown(back.plan.start or ()), back.memory_bytes) == ("bun old.ts", 64 * MB)
    assert (await room.get(project, 1)).settings == Overrides(start="bun old.ts", memory_mb=64)


async def test_a_deployment_keeps_its_plan_when_a_later_build_has_another_for_the_same_content(
    room: RolloutRoom,
) -> None:
    project = await room.project()
    first = await room.deployed(project)
    ready = await room.built(project, msgspec.structs.replace(SERVER, health_path="/other"))
    async with room.db.session() as session:
        from thakur.builds.models import ArtifactRow

        row = await session.get_one(ArtifactRow, first.artifact_id)
        row.plan = (await session.get_one(ArtifactRow, ready.artifact_id)).plan

    assert (await order_of(room, first)).health.path == "/"
