import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from thakur import durable


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def test_the_new_content_is_there_for_nobody_else(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(b"old and longer")

    durable.replace(path, b"new")

    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(tmp_path) == ["state.json"]


def test_the_old_content_stays_until_the_new_one_is_complete(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    durable.replace(path, b"old")

    def fails(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="no space"):
        durable.replace(path, b"new")

    assert path.read_bytes() == b"old"


def test_content_and_directory_are_synced_in_that_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "state.json"
    synced: list[str] = []
    monkeypatch.setattr("os.fsync", lambda fd: synced.append(Path(f"/proc/self/fd/{fd}").readlink().name))

    durable.replace(path, b"new")

    assert synced == ["state.json.new", tmp_path.name]


def test_of_many_makers_one_wins_and_nothing_is_left_of_the_others(tmp_path: Path) -> None:
    path = tmp_path / "key"

    with ThreadPoolExecutor(8) as makers:
        won = list(makers.map(lambda number: durable.create(path, b"%d" % number), range(8)))

    assert won.count(True) == 1
    assert path.read_bytes() == b"%d" % won.index(True)
    assert names(tmp_path) == ["key"]
