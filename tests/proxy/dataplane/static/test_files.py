"""Open files of a folder: kept while they are asked for, given back afterwards."""

import errno
import os
from pathlib import Path

import pytest

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static import files
from thakur.proxy.dataplane.static.files import File, Folder, Piece


@pytest.fixture
def root(tmp_path: Path):
    (tmp_path / "site").mkdir()
    for number in range(200):
        (tmp_path / "site" / f"{number}.txt").write_text(str(number))
    fd = os.open(tmp_path, os.O_PATH | os.O_DIRECTORY)
    yield fd
    os.close(fd)


def opened(root: int) -> Folder:
    folder = Folder.open(root, "site")
    assert folder is not None
    return folder


def found(folder: Folder, name: str) -> File:
    file = folder.find(name)
    assert file is not None
    return file


def test_a_file_is_opened_once_and_what_is_missing_is_remembered(root):
    folder = opened(root)
    assert folder.find("1.txt") is folder.find("1.txt")
    assert folder.find("nope") is None
    folder.close()


def test_the_file_not_asked_for_the_longest_is_closed_first(root):
    folder = opened(root)
    old, kept = found(folder, "0.txt"), found(folder, "1.txt")
    for number in range(2, 129):
        folder.find("1.txt")
        folder.find(f"{number}.txt")
    assert (old.fd, kept.fd >= 0) == (-1, True)
    folder.close()
    assert kept.fd == -1


def test_all_folders_together_keep_so_many_open(root, monkeypatch):
    monkeypatch.setattr(files, "_FILES_KEPT_IN_ALL", Folder.files_kept + 10)
    folders = [opened(root) for _ in range(3)]
    first = [found(folder, "0.txt") for folder in folders]
    for number in range(20):
        for folder in folders:
            assert found(folder, f"{number}.txt").fd >= 0
    assert [file.fd for file in first] == [-1, -1, -1]
    assert Folder.files_kept <= files._FILES_KEPT_IN_ALL + len(folders)
    for folder in folders:
        folder.close()
    assert Folder.files_kept == files._FILES_KEPT_IN_ALL - 10


def test_a_file_for_which_no_descriptor_is_left_is_not_remembered_as_missing(root, monkeypatch):
    folder = opened(root)
    with monkeypatch.context() as exhausted:
        exhausted.setattr(os, "open", lambda *_, **__: (_ for _ in ()).throw(OSError(errno.EMFILE, "")))
        with pytest.raises(Refused):
            folder.find("1.txt")
    assert found(folder, "1.txt").size == 1
    folder.close()


def test_a_file_on_its_way_stays_open_until_it_is_sent(root):
    folder = opened(root)
    file = found(folder, "7.txt")
    piece = Piece(file, 0, 1)
    folder.close()
    assert file.fd >= 0
    piece.close()
    assert file.fd == -1
