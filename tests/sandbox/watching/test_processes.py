import asyncio
import os
import signal
import subprocess

import pytest

from thakur.pids import identify
from thakur.sandbox import Process
from thakur.sandbox.watching import processes


@pytest.fixture
def sleeper():
    with subprocess.Popen(["sleep", "60"]) as process:
        yield process
        process.kill()


async def test_the_end_of_a_process_is_waited_for(sleeper):
    waiting = asyncio.get_running_loop().create_task(processes.gone(identify(sleeper.pid)))
    await asyncio.sleep(0)
    assert not waiting.done()
    sleeper.kill()

    await asyncio.wait_for(waiting, 5)
    await asyncio.wait_for(processes.gone(Process(sleeper.pid, 1)), 5)


def test_children_and_theirs_are_found():
    with subprocess.Popen(["sh", "-c", "sleep 60 & sleep 60"], start_new_session=True) as shell:
        while len(found := processes.descendants(shell.pid)) < 2:
            assert shell.poll() is None
        assert shell.pid in processes.children(os.getpid())
        assert shell.pid not in found
        os.killpg(shell.pid, signal.SIGKILL)


def test_processes_are_found_by_the_title_they_were_given():
    with subprocess.Popen(["thakur-test:title/one", "60"], executable="/bin/sleep") as titled:
        while not (found := processes.titled("thakur-test:title/one")):
            assert titled.poll() is None
        assert [process.pid for process in found] == [titled.pid]
        assert processes.titles("thakur-test:title/") == {"thakur-test:title/one"}
        assert processes.titled("thakur-test:title") == []
        titled.kill()
