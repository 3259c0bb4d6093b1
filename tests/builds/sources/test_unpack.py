"""Unpacking: hostile archives are refused, ordinary ones arrive whole."""

import os
import stat
import tarfile
import threading
from pathlib import Path

import pytest
from backports import zstd
from hypothesis import given
from hypothesis import strategies as st

from support.tarballs import directory, hard_link, link, member, packed, tar_of
from thakur.builds import UploadInvalid, UploadTooLarge
from thakur.builds.sources.unpack import Canceled, Unpacked, parts_of, unpack

TENANT = 640_001


def unpacked(tmp_path: Path, archive: bytes, uid: int | None = None, **limits: int) -> tuple[Path, Unpacked]:
    upload, target = tmp_path / "upload", tmp_path / "workspace"
    upload.write_bytes(archive)
    return target, unpack(upload, target, uid, threading.Event(), **limits)


def test_files_directories_and_links_arrive(tmp_path: Path) -> None:
    target, counted = unpacked(
        tmp_path,
        packed(
            directory("empty"), ("./src/a.txt", b"hello"), (member("run", mode=0o775), b"#!"), link("l", "src/a.txt")
        ),
    )

    assert (target / "src" / "a.txt").read_bytes() == b"hello"
    assert (target / "l").read_bytes() == b"hello"
    assert stat.S_IMODE((target / "run").stat().st_mode) == 0o755
    assert stat.S_IMODE((target / "src/a.txt").stat().st_mode) == 0o644
    assert (target / "empty").is_dir()
    assert counted == Unpacked(files=2, size_bytes=7)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_everything_belongs_to_the_tenant(tmp_path: Path) -> None:
    target, _ = unpacked(tmp_path, packed(("a/b", b"x"), link("l", "a/b"), hard_link("h", "a/b")), uid=TENANT)

    for path in (target, *target.rglob("*")):
        assert (path.lstat().st_uid, path.lstat().st_gid) == (TENANT, TENANT), path


def test_setuid_bits_are_dropped(tmp_path: Path) -> None:
    target, _ = unpacked(tmp_path, packed((member("root", mode=0o6755), b"x"), member("d", type=b"5", mode=0o7777)))

    assert stat.S_IMODE((target / "root").stat().st_mode) == 0o755
    assert stat.S_IMODE((target / "d").stat().st_mode) == 0o755


@pytest.mark.parametrize(
    "entries",
    [
        [("/etc/thakur-test", b"x")],
        [("../outside", b"x")],
        [("a/../../outside", b"x")],
        [(member("a", pax_headers={"path": "a\0b"}), b"x")],
        [link("l", "/etc/passwd")],
        [link("l", "../outside")],
        [directory("a"), link("a/l", "../../outside")],
        [link("a", "b/.."), link("b", "..")],
        [link("a", "a")],
        [link("d", ".."), ("d/outside", b"x")],
        [link("d", "sub"), directory("sub"), ("d/file", b"x")],
        [("f", b"x"), ("f/below", b"x")],
        [directory("d"), ("d", b"x")],
        [directory("d"), link("d", "x")],
        [hard_link("h", "/etc/passwd")],
        [hard_link("h", "../upload")],
        [hard_link("h", "later"), ("later", b"x")],
        [link("l", "f"), ("f", b"x"), hard_link("h", "l")],
        [hard_link("h", "h")],
        [("x" * 300, b"x")],
        [("d/" * 101 + "f", b"x")],
        [(".", b"x")],
    ],
)
def test_hostile_archives_are_refused(tmp_path: Path, entries: list[tarfile.TarInfo | tuple[str, bytes]]) -> None:
    with pytest.raises(UploadInvalid):
        unpacked(tmp_path, packed(*entries))

    assert not (tmp_path / "outside").exists()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["upload", "workspace"]


def test_nothing_is_written_through_a_link_that_a_file_replaces(tmp_path: Path) -> None:
    target, _ = unpacked(tmp_path, packed(("real", b"real"), link("l", "real"), ("l", b"other")))

    assert (target / "real").read_bytes() == b"real"
    assert (target / "l").read_bytes() == b"other"


def test_the_last_of_several_entries_counts(tmp_path: Path) -> None:
    target, counted = unpacked(
        tmp_path, packed(("a", b"first"), hard_link("h", "a"), ("a", b"last"), ("b", b"x"), link("b", "a"))
    )

    assert (target / "a").read_bytes() == b"last"
    assert (target / "h").read_bytes() == b"first"
    assert (target / "b").readlink() == Path("a")
    assert counted.files == 2


def test_git_and_the_cache_are_left_out(tmp_path: Path) -> None:
    target, _ = unpacked(
        tmp_path,
        packed(
            (".git/config", b"x"), ("sub/.git", b"gitdir: .."), (".thakur-cache/bun/evil", b"x"), (".gitignore", b"x")
        ),
    )

    assert [path.name for path in target.rglob("*")] == [".gitignore"]


def test_a_bomb_is_noticed_while_reading(tmp_path: Path) -> None:
    # 3 GB of zeros in 300 kB; the header tells the truth.
    header = member("zeros", size=3 * 1024**3).tobuf()
    compressor = zstd.ZstdCompressor(level=3)
    archive = compressor.compress(header) + b"".join(compressor.compress(bytes(1024**2)) for _ in range(64))

    with pytest.raises(UploadTooLarge):
        unpacked(tmp_path, archive + compressor.flush())

    assert sum(path.stat().st_blocks for path in (tmp_path / "workspace").iterdir()) == 0


def test_many_files_below_the_limit_each_are_counted_together(tmp_path: Path) -> None:
    files = [(f"f{number}", bytes(400_000)) for number in range(5)]

    with pytest.raises(UploadTooLarge):
        unpacked(tmp_path, packed(*files), limit_bytes=1_000_000)


def test_a_tail_after_the_end_is_counted_too(tmp_path: Path) -> None:
    with pytest.raises(UploadTooLarge):
        unpacked(tmp_path, zstd.compress(tar_of(("a", b"x")) + bytes(5_000_000)), limit_bytes=1_000_000)


@pytest.mark.parametrize("archive", [b"no zstd at all", packed(("a", b"x" * 10_000))[:-20], b""])
def test_a_broken_upload_is_refused(tmp_path: Path, archive: bytes) -> None:
    with pytest.raises(UploadInvalid):
        unpacked(tmp_path, archive)


def test_a_canceled_unpacking_stops(tmp_path: Path) -> None:
    canceled = threading.Event()
    canceled.set()
    (tmp_path / "upload").write_bytes(packed(("a", b"x"), ("b", b"x")))

    with pytest.raises(Canceled):
        unpack(tmp_path / "upload", tmp_path / "workspace", None, canceled)

    assert list((tmp_path / "workspace").iterdir()) == []


@given(st.text(max_size=60) | st.lists(st.sampled_from(["..", ".", "", "a", "\0", "b" * 256, "ü"])).map("/".join))
def test_every_name_is_refused_or_lies_below_the_root(name: str) -> None:
    try:
        parts = parts_of(name)
    except UploadInvalid:
        return

    joined = os.path.normpath(os.path.join("/root", *parts))  # noqa: PTH118
    assert joined == "/root" or joined.startswith("/root/")
    assert "\0" not in joined
