import os
import sys
from pathlib import Path

import msgspec

from thakur.proxy import record
from thakur.proxy.process import Process, ProcessId


def start(source: str) -> Process:
    log = os.open(os.devnull, os.O_WRONLY)
    try:
        return Process.start([sys.executable, "-c", source], (), log)
    finally:
        os.close(log)


def of(*identities: ProcessId) -> record.Record:
    workers = tuple(
        record.Worker(process=identity, number=number, control="c.sock", door="d.sock", release="1.0", speaks=1)
        for number, identity in enumerate(identities)
    )
    return record.Record(listens_on="127.0.0.1:8080", workers=workers)


def test_a_record_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = of(ProcessId(1, 2, "boot"), ProcessId(3, 4, "boot"))

    record.save(tmp_path, written)

    assert record.load(tmp_path) == written


def test_a_record_that_was_cut_off_is_none(tmp_path: Path) -> None:
    record.save(tmp_path, of(ProcessId(1, 2, "boot")))
    path = tmp_path / record.RECORD
    path.write_bytes(path.read_bytes()[:-5])

    assert record.load(tmp_path) is None


def test_a_directory_without_a_record_has_none(tmp_path: Path) -> None:
    assert record.load(tmp_path / "nowhere") is None


def test_the_key_is_made_once_and_is_private(tmp_path: Path) -> None:
    key = record.key_of(tmp_path)

    assert record.key_of(tmp_path) == key
    assert len(key) == 64
    assert (tmp_path / record.KEY).stat().st_mode & 0o777 == 0o600


async def test_recorded_processes_are_ended_and_forgotten(tmp_path: Path) -> None:
    processes = [start("import signal; signal.pause()") for _ in range(2)]
    record.save(tmp_path, of(*(process.identity for process in processes)))

    ended = await record.end_recorded(tmp_path)

    assert ended == 2
    assert not any(process.is_running for process in processes)
    assert record.load(tmp_path) is None
    for process in processes:
        await process.ended()


async def test_a_process_that_only_has_the_pid_is_left_alone(tmp_path: Path) -> None:
    process = start("import signal; signal.pause()")
    record.save(tmp_path, of(msgspec.structs.replace(process.identity, started=process.identity.started - 1)))

    ended = await record.end_recorded(tmp_path)

    assert ended == 0
    assert process.is_running
    await process.end(5)


async def test_a_process_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    process = start("import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM]); signal.pause()")
    record.save(tmp_path, of(process.identity))

    await record.end_recorded(tmp_path, within_seconds=0.01)

    assert not process.is_running
    await process.ended()
