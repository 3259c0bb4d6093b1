"""Tasks are owned, fail aloud, and end; a thread's work is never left behind."""

import asyncio
import logging
import threading

import pytest

from support.waiting import eventually
from thakur.background import Tasks, to_end


async def test_a_task_that_fails_is_logged_with_its_name_and_the_others_go_on(caplog: pytest.LogCaptureFixture) -> None:
    tasks = Tasks()
    go_on = asyncio.Event()

    async def fail() -> None:
        raise ZeroDivisionError

    with caplog.at_level(logging.ERROR):
        tasks.spawn(fail(), "divide")
        other = tasks.spawn(go_on.wait(), "wait")
        await eventually(lambda: len(tasks) == 1)

    assert [record.task for record in caplog.records] == ["divide"]
    assert not other.done()
    await tasks.stop()
    assert other.cancelled()


async def test_whoever_cancels_work_in_a_thread_waits_for_its_end() -> None:
    begun, may_end, has_ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait(5)
        has_ended.set()

    tasks = Tasks()
    task = tasks.spawn(to_end(work), "work")
    await eventually(begun.is_set)

    task.cancel()
    await asyncio.sleep(0)
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert has_ended.is_set()
