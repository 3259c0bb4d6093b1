import io
import os
import tarfile

import pytest
from backports import zstd

from thakur.builds import UploadTooLarge
from thakur.cli.interface import FolderUnreadable
from thakur.cli.sending import pack
from thakur.cli.sending.folder import selected


def unpacked(data):
    archive = tarfile.open(fileobj=io.BytesIO(zstd.decompress(data)))  # noqa: SIM115  (its files are read later)
    return archive, {about.name: about for about in archive.getmembers()}


def pack_folder(folder):
    with selected(folder, is_dirty=False) as selection:
        return b"".join(pack.packed(selection.entries))


def test_what_is_packed_comes_out_again(tmp_path):
    long_name = "deep/" * 30 + "ü" * 50 + ".txt"
    files = {"a": b"", "b.bin": os.urandom(700_000), long_name: b"x" * 512, os.fsdecode(b"\xff.raw"): b"y"}
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "a").chmod(0o700)
    (tmp_path / "link").symlink_to("x" * 150)

    archive, members = unpacked(pack_folder(tmp_path))

    assert {name: archive.extractfile(name).read() for name in members if name != "link"} == files
    assert members["link"].linkname == "x" * 150
    assert {about.mode for name, about in members.items() if name not in ("a", "link")} == {0o644}
    assert members["a"].mode == 0o755
    assert {(about.uid, about.uname, about.gid, about.gname) for about in members.values()} == {(0, "", 0, "")}


def test_one_commit_gives_the_same_bytes_from_every_clone(repository, tmp_path):
    repository.commit({"a": "1", "b/c": "2"})
    repository.git("clone", "-q", str(repository.path), str(tmp_path / "clone"))
    assert pack_folder(repository.path) == pack_folder(tmp_path / "clone")


def test_too_much_for_the_server_is_explained_before_it_is_sent(tmp_path, monkeypatch):
    monkeypatch.setattr(pack, "UPLOAD_BYTES", 100_000)
    (tmp_path / "video").mkdir()
    (tmp_path / "video/a.mp4").write_bytes(os.urandom(300_000))
    (tmp_path / "index.html").write_text("hi")
    with pytest.raises(UploadTooLarge) as refused:
        pack_folder(tmp_path)
    assert "Largest: video 293.0 KB, index.html 2 B." in refused.value.message


def test_sizes_are_checked_before_the_first_byte(tmp_path, monkeypatch):
    (tmp_path / "a").write_bytes(b"x" * 2000)
    (tmp_path / "b").write_bytes(b"x")
    for name, limit in (("UNPACKED_BYTES", 2000), ("UNPACKED_ENTRIES", 1)):
        with monkeypatch.context() as patch, selected(tmp_path, is_dirty=False) as selection:
            patch.setattr(pack, name, limit)
            with pytest.raises(UploadTooLarge):
                pack.check_size(selection.entries)
    with pytest.raises(FolderUnreadable):
        pack.check_size([])


@pytest.mark.parametrize("content", [b"", b"longer than it was"])
def test_a_file_that_changes_meanwhile_is_no_broken_archive(tmp_path, content):
    (tmp_path / "a").write_bytes(b"12345")
    with selected(tmp_path, is_dirty=False) as selection:
        (tmp_path / "a").write_bytes(content)
        with pytest.raises(FolderUnreadable, match="a changed while it was read"):
            list(pack.packed(selection.entries))
