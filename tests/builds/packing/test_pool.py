"""The pool of files that artifacts share."""

import os
from pathlib import Path

import pytest

from thakur.builds.packing.pool import Pool

CONTENT = b"\x01" * 32


def test_a_second_file_of_one_content_is_only_a_name(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool")
    first, second = tmp_path / "first", tmp_path / "second"
    for path in (first, second):
        path.write_text("same")
        inode = path.stat().st_ino
        if not pool.replace(os.fsencode(path), CONTENT, is_executable=False):
            pool.add(os.fsencode(path), CONTENT, is_executable=False)
        assert path.stat().st_ino != inode

    assert first.stat().st_ino == second.stat().st_ino
    assert second.read_text() == "same"


def test_a_program_and_a_text_of_one_content_are_two(tmp_path: Path) -> None:
    pool = Pool(tmp_path / "pool")
    path = tmp_path / "file"
    path.write_text("same")
    pool.add(os.fsencode(path), CONTENT, is_executable=False)

    assert not pool.replace(os.fsencode(path), CONTENT, is_executable=True)
    assert path.read_text() == "same"


def test_a_file_with_too_many_names_is_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*names: bytes) -> None:
        raise OSError(31, "Too many links")

    pool = Pool(tmp_path / "pool")
    path = tmp_path / "file"
    path.write_bytes(b"x" * 300_000)
    monkeypatch.setattr(os, "link", refuse)

    assert not pool.replace(os.fsencode(path), CONTENT, is_executable=False)
    assert path.read_bytes() == b"x" * 300_000
