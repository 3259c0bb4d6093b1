from support.rollout_room import RolloutRoom


async def test_what_is_not_active_any_more_and_still_on_an_edge_is_found(room: RolloutRoom) -> None:
    project = await room.project()
    first = await room.deployed(project)
    second = await room.deployed(project)
    (edge_id,) = room.edges
    assert await room.placings.replaced(first.environment_id) == []

    await room.placings.mark(first.id, edge_id, "routed")
    await room.placings.mark(second.id, edge_id, "routed")

    assert await room.placings.replaced(first.environment_id) == [(first.id, edge_id)]
    await room.placings.move(first.id, edge_id, "draining")
    assert await room.placings.replaced(first.environment_id) == []
    assert await room.placing(first) == "draining"


async def test_what_was_never_on_an_edge_cannot_leave_it(room: RolloutRoom) -> None:
    deployment = await room.queued(await room.project())
    (edge_id,) = room.edges

    await room.placings.move(deployment.id, edge_id, "gone")

    assert await room.placing(deployment) is None
