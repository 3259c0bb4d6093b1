"""An attempt carries its work until it is lost."""

import asyncio

import pytest

from support.building import make_build
from support.waiting import eventually
from thakur.builds.attempts.attempt import Attempt


def attempt() -> Attempt:
    return Attempt(make_build(1, 1, "0" * 64))


async def forever(seen: list[str]) -> str:
    seen.append("began")
    try:
        await asyncio.get_running_loop().create_future()
    finally:
        seen.append("ended")
    return "never"


async def test_what_the_work_made_is_handed_on() -> None:
    async def work() -> str:
        return "made"

    assert await attempt().carry(work()) == "made"


async def test_losing_it_ends_the_work() -> None:
    seen: list[str] = []
    ours = attempt()
    carrying = asyncio.create_task(ours.carry(forever(seen)))
    await eventually(lambda: seen)

    ours.lose()
    ours.lose()

    assert await carrying is None
    assert seen == ["began", "ended"]


async def test_what_was_lost_before_is_not_begun_for_long() -> None:
    seen: list[str] = []
    ours = attempt()
    ours.lose()

    assert await ours.carry(forever(seen)) is None
    assert seen in ([], ["began", "ended"])


async def test_the_works_own_timeouts_are_its_own() -> None:
    async def late() -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await attempt().carry(late())


async def test_steps_are_noted_also_when_they_fail() -> None:
    ours = attempt()

    with pytest.raises(ZeroDivisionError):
        async with ours.step("build"):
            raise ZeroDivisionError

    assert [step.name for step in ours.steps] == ["build"]
