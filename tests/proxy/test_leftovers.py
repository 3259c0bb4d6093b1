import os
import sys
from pathlib import Path

import msgspec

from proxy.test_record import of
from thakur.proxy import leftovers, record
from thakur.proxy.process import Process

WAITS = "import signal; signal.pause()"


def start(source: str, log: Path = Path(os.devnull)) -> Process:
    output = os.open(log, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        return Process.start([sys.executable, "-c", source], (), output)
    finally:
        os.close(output)


async def test_recorded_processes_are_ended_and_forgotten(tmp_path: Path) -> None:
    processes = [start(WAITS) for _ in range(2)]
    record.save(tmp_path, of(*(process.identity for process in processes)))

    ended = await leftovers.end_left(tmp_path)

    assert ended == 2
    assert not any(process.is_running for process in processes)
    assert record.load(tmp_path) is None
    for process in processes:
        await process.ended()


async def test_a_process_that_only_has_the_pid_is_left_alone(tmp_path: Path) -> None:
    process = start(WAITS)
    record.save(tmp_path, of(msgspec.structs.replace(process.identity, started=process.identity.started - 1)))

    ended = await leftovers.end_left(tmp_path)

    assert ended == 0
    assert process.is_running
    await process.end(5)


async def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    process = start("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); signal.pause()")
    record.save(tmp_path, of(process.identity))

    await leftovers.end_left(tmp_path, within_seconds=0.01)

    assert not process.is_running
    await process.ended()


async def test_a_worker_is_found_by_its_log_when_no_record_can_be_read(tmp_path: Path) -> None:
    worker = start(WAITS, tmp_path / "worker-1.log")
    neighbour = start(WAITS, tmp_path / "other.log")
    (tmp_path / record.RECORD).write_text("cut o")

    ended = await leftovers.end_left(tmp_path)

    assert ended == 1
    assert not worker.is_running
    assert neighbour.is_running
    await worker.ended()
    await neighbour.end(5)
