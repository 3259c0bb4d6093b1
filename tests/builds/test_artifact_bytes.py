from sqlalchemy import text

from support.build_house import BuildHouse
from support.rollout_room import RolloutRoom


async def test_a_projects_artifacts_are_counted_while_they_are_kept(house: BuildHouse) -> None:
    room = await RolloutRoom(house.db).prepare()
    shop, blog = await room.project("shop"), await room.project("blog")
    await room.built(shop)
    gone = await room.built(shop)
    assert await house.builds.artifact_bytes([shop.id, blog.id]) == {shop.id: 2}

    async with house.db.session() as session:
        statement = text("UPDATE artifacts SET removed_at = now() WHERE id = :id")
        await session.execute(statement, {"id": gone.artifact_id})

    assert await house.builds.artifact_bytes([shop.id, blog.id]) == {shop.id: 1}
