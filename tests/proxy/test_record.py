from pathlib import Path

from thakur.proxy import record
from thakur.proxy.process import ProcessId


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
