import asyncio
import os
import signal
import sys
from pathlib import Path

import msgspec
import pytest

from thakur.proxy.process import Process


def start(source: str) -> Process:
    log = os.open(os.devnull, os.O_WRONLY)
    try:
        return Process.start([sys.executable, "-c", source], (), log)
    finally:
        os.close(log)


async def test_its_end_is_noticed_and_it_leaves_no_zombie() -> None:
    process = start("pass")

    await process.ended()

    assert not process.is_running
    assert not Path(f"/proc/{process.identity.pid}").exists()


async def test_two_may_wait_for_one_end() -> None:
    process = start("import signal; signal.pause()")
    waiting = asyncio.gather(process.ended(), process.ended())

    process.send(signal.SIGKILL)

    await waiting


async def test_a_wait_that_is_given_up_does_not_spoil_the_next() -> None:
    process = start("import signal; signal.pause()")

    assert not await process.ended_within(0.01)
    process.send(signal.SIGKILL)
    assert await process.ended_within(5)


async def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    process = start("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); signal.pause()")

    await process.end(0.01)

    assert not process.is_running


async def test_a_process_is_found_again_by_what_was_recorded() -> None:
    process = start("import signal; signal.pause()")

    found = Process.find(process.identity)

    assert found
    assert found.is_running
    found.forget()
    await process.end(5)


@pytest.mark.parametrize("change", [{"started": 1}, {"boot": "another"}])
async def test_another_process_with_the_same_pid_is_not_taken_for_it(change: dict[str, object]) -> None:
    process = start("import signal; signal.pause()")

    assert Process.find(msgspec.structs.replace(process.identity, **change)) is None

    await process.end(5)


async def test_a_process_that_has_ended_is_not_found() -> None:
    process = start("pass")
    await process.ended()

    assert Process.find(process.identity) is None


async def test_a_forgotten_process_lives_on() -> None:
    process = start("import signal; signal.pause()")

    process.forget()

    os.kill(process.identity.pid, 0)
    os.kill(process.identity.pid, signal.SIGKILL)
    os.waitpid(process.identity.pid, 0)


async def test_a_signal_to_one_that_has_ended_goes_nowhere() -> None:
    process = start("pass")
    await process.ended()

    process.send(signal.SIGKILL)
    await process.end(1)
