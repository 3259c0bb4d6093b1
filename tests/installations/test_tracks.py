"""Tracks: what a project follows, and whose head is to be looked at."""

import pytest

from thakur.installations import Seen


@pytest.fixture
async def project(rooms) -> int:
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return await rooms.follow(ours)


async def test_a_project_that_follows_a_repository_has_one_track_of_production_to_look_at(rooms, project) -> None:
    (track,) = await rooms.tracks.of([project])
    assert (track.label, track.is_production, track.connection.full_name) == ("production", True, "ada/shop")
    look = await rooms.tracks.claim()
    assert look.track == track
    assert await rooms.tracks.claim() is None, "it is being looked at"

    await rooms.tracks.looked(look, Seen(asked="1" * 40, built="1" * 40))

    assert await rooms.tracks.claim() is None, "it was looked at"
    assert [each.asked for each in await rooms.tracks.of([project])] == ["1" * 40]


async def test_a_push_that_comes_while_it_is_looked_at_has_it_looked_at_again(rooms, project) -> None:
    look = await rooms.tracks.claim()

    await rooms.tracks.look_soon([look.track.id], "grace")
    await rooms.tracks.looked(look, Seen(asked="1" * 40, built="1" * 40))

    assert (await rooms.tracks.claim()).track.pushed_by == "grace"


async def test_what_somebody_wants_built_anew_while_it_is_looked_at_is_not_forgotten(rooms, project) -> None:
    look = await rooms.tracks.claim()
    await rooms.tracks.looked(look, Seen(asked="1" * 40, built="1" * 40))
    await rooms.tracks.look_soon([look.track.id])
    look = await rooms.tracks.claim()

    await rooms.tracks.want(look.track.id)
    await rooms.tracks.looked(look, Seen.of(look.track))

    (track,) = await rooms.tracks.of([project])
    assert (track.asked, track.built) == (None, None)
    assert (await rooms.tracks.claim()).track == track
