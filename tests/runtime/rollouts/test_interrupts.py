import asyncio

import pytest

from thakur.runtime.rollouts.interrupts import Interrupted, Interrupts


async def test_an_open_stretch_is_broken_off_at_once() -> None:
    interrupts = Interrupts()
    asyncio.get_running_loop().call_soon(interrupts.interrupt, [7])

    with pytest.raises(Interrupted):
        async with interrupts.stretch(7):
            await asyncio.Event().wait()


async def test_other_rollouts_and_closed_stretches_are_left_alone() -> None:
    interrupts = Interrupts()
    async with interrupts.stretch(7):
        interrupts.interrupt([8])
        await asyncio.sleep(0)

    interrupts.interrupt([7, 7])
    async with interrupts.stretch(7):
        await asyncio.sleep(0)


async def test_a_timeout_of_the_work_itself_is_no_interrupt() -> None:
    with pytest.raises(TimeoutError):
        async with Interrupts().stretch(7):
            raise TimeoutError


async def test_a_cancel_from_outside_stays_a_cancel() -> None:
    async def work() -> None:
        async with Interrupts().stretch(7):
            await asyncio.Event().wait()

    task = asyncio.ensure_future(work())
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
