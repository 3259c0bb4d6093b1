import os
import subprocess
import sys
from pathlib import Path

import pytest

from thakur.runtime.edge.tailing import growing
from thakur.runtime.edge.tailing.growing import GrowingFile

BLOCK = 4096


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "MOST_BYTES", 16 * BLOCK)
    monkeypatch.setattr(growing, "KEPT_BYTES", 8 * BLOCK)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "output.log"


@pytest.fixture(params=["collapse", "empty"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With a file system that can cut off the front, and with one that cannot."""
    if request.param == "empty":
        monkeypatch.setattr(growing, "_collapse", lambda *_: False)
    return str(request.param)


def content(size_bytes: int, begin: int = 0) -> bytes:
    return b"".join(b"%07d\n" % number for number in range(begin // 8, (begin + size_bytes) // 8))


def append(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_a_file_that_is_not_there_is_empty(path: Path) -> None:
    file = GrowingFile(path)

    assert file.read(0, 100) == (0, b"")
    assert not file.is_too_long


def test_positions_go_on_counting_when_the_front_is_gone(path: Path, way: str) -> None:
    append(path, content(20 * BLOCK))
    file = GrowingFile(path)
    assert file.is_too_long

    file.shorten(20 * BLOCK)
    append(path, content(2 * BLOCK, 20 * BLOCK))

    assert not file.is_too_long
    assert file.read(20 * BLOCK, BLOCK) == (20 * BLOCK, content(BLOCK, 20 * BLOCK))
    file.overwrite(21 * BLOCK, b"*******")
    assert file.read(21 * BLOCK, 8)[1] == b"*******\n"


def test_a_later_reader_counts_as_the_first_one_did(path: Path, way: str) -> None:
    append(path, content(20 * BLOCK))
    GrowingFile(path).shorten(20 * BLOCK)
    append(path, content(30 * BLOCK, 20 * BLOCK))

    assert GrowingFile(path).read(20 * BLOCK, BLOCK) == (20 * BLOCK, content(BLOCK, 20 * BLOCK))


def test_what_nobody_read_is_kept_as_far_as_it_fits(path: Path) -> None:
    append(path, content(20 * BLOCK))
    file = GrowingFile(path)

    file.shorten(BLOCK)

    begin, data = file.read(BLOCK, 100 * BLOCK)
    assert path.stat().st_size == 8 * BLOCK
    assert (begin, data) == (12 * BLOCK, content(8 * BLOCK, 12 * BLOCK))


def test_without_a_way_to_cut_the_front_it_waits_for_the_reader_but_not_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(growing, "_collapse", lambda *_: False)
    append(path, content(20 * BLOCK))
    file = GrowingFile(path)

    file.shorten(BLOCK)
    assert path.stat().st_size == 20 * BLOCK
    assert file.read(BLOCK, 8) == (BLOCK, content(8, BLOCK))

    append(path, content(13 * BLOCK, 20 * BLOCK))
    file.shorten(BLOCK)
    assert path.stat().st_size == 0
    assert file.read(BLOCK, 8) == (33 * BLOCK, b"")


@pytest.mark.parametrize("is_made", [False, True])
def test_a_crash_beside_the_cut_is_understood_by_the_next_reader(path: Path, is_made: bool) -> None:
    append(path, content(20 * BLOCK))
    file = GrowingFile(path)
    file._note(growing._Cut(0, 20 * BLOCK, 20 * BLOCK))
    if is_made:
        os.truncate(path, 0)
        append(path, content(BLOCK, 20 * BLOCK))

    later = GrowingFile(path)

    expected = (20 * BLOCK, content(BLOCK, 20 * BLOCK)) if is_made else (0, content(BLOCK))
    assert later.read(0, BLOCK) == expected


def test_nothing_is_lost_of_what_is_written_while_the_front_is_cut(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growing, "KEPT_BYTES", 1 << 30)
    if not _file_system_collapses(path):
        pytest.skip("needs root and a file system that can cut off the front")
    program = (
        "import sys\nfile = open(sys.argv[1], 'ab', buffering=0)\n"
        "for number in range(60000): file.write(b'%07d\\n' % number)"
    )
    writer = subprocess.Popen([sys.executable, "-c", program, str(path)])
    file, position, read = GrowingFile(path), 0, b""
    cuts = 0
    while len(read) < 60_000 * 8:
        begin, data = file.read(position, 4 * BLOCK)
        assert begin == position
        read += data
        position += len(data)
        if position - file._gone_bytes > 6 * BLOCK:
            file.shorten(position)
            cuts += 1

    assert writer.wait(5) == 0
    assert read == content(60_000 * 8)
    assert cuts > 5


def _file_system_collapses(path: Path) -> bool:
    append(path, content(4 * BLOCK))
    with path.open("r+b") as file:
        answer = growing._collapse(file.fileno(), BLOCK)
    path.unlink()
    return answer
