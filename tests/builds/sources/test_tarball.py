"""The tar reader: agrees with Python's on ordinary archives, refuses the rest."""

import io
import subprocess
import tarfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.tarballs import directory, link, member, tar_of
from thakur.builds import UploadInvalid, UploadTooLarge
from thakur.builds.sources.tarball import Kind, Tarball, TarEntry

LONG = "a/" * 60 + "b" * 200


def read(archive: bytes, limit_bytes: int = 10**6, limit_entries: int = 1000) -> list[tuple[TarEntry, bytes]]:
    tarball = Tarball(io.BytesIO(archive), limit_bytes, limit_entries)
    return [(entry, b"".join(tarball.data())) for entry in tarball]


@pytest.mark.parametrize("dialect", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_dialect_of_python_is_read(dialect: int) -> None:
    archive = tar_of(
        directory("sub"),
        ("sub/file", b"content"),
        (member("run", mode=0o755), b"#!"),
        link("link", "sub/file"),
        dialect=dialect,
    )

    entries = read(archive)

    assert [(entry.kind, entry.name.rstrip("/"), content) for entry, content in entries] == [
        (Kind.DIRECTORY, "sub", b""),
        (Kind.FILE, "sub/file", b"content"),
        (Kind.FILE, "run", b"#!"),
        (Kind.SYMLINK, "link", b""),
    ]
    assert [entry.is_executable for entry, _ in entries[1:3]] == [False, True]
    assert entries[3][0].target == "sub/file"


@pytest.mark.parametrize("dialect", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_and_foreign_names_are_read(dialect: int) -> None:
    archive = tar_of((LONG, b"1"), link("läufer", LONG), ("ütf-8 ☃", b"2"), dialect=dialect)

    assert [entry.name for entry, _ in read(archive)] == [LONG, "läufer", "ütf-8 ☃"]
    assert read(archive)[1][0].target == LONG


def test_what_the_tar_command_writes_is_read(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("content")

    archive = subprocess.run(["tar", "-C", tmp_path, "-c", "folder"], check=True, capture_output=True).stdout

    assert [(entry.name, content) for entry, content in read(archive)] == [
        ("folder/", b""),
        ("folder/file", b"content"),
    ]


def test_content_may_be_left_unread() -> None:
    tarball = Tarball(io.BytesIO(tar_of(("a", b"x" * 5000), ("b", b"y"))))

    assert [entry.name for entry in tarball] == ["a", "b"]


@pytest.mark.parametrize("kind", [tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.GNUTYPE_SPARSE, b"V"])
def test_anything_but_files_directories_and_links_is_refused(kind: bytes) -> None:
    with pytest.raises(UploadInvalid):
        read(tar_of(member("odd", type=kind)))


def test_a_sparse_file_of_the_newer_dialect_is_refused() -> None:
    sparse = member("sparse", pax_headers={"GNU.sparse.major": "1", "GNU.sparse.minor": "0"})

    with pytest.raises(UploadInvalid, match="sparse"):
        read(tar_of((sparse, b"0\n")))


def test_too_many_entries_are_refused_while_reading() -> None:
    archive = tar_of(*((f"f{number}", b"") for number in range(11)))

    with pytest.raises(UploadTooLarge):
        read(archive, limit_entries=10)
    assert len(read(archive, limit_entries=11)) == 11


def test_a_file_that_is_too_large_is_refused_by_its_header() -> None:
    header = member("huge", size=10**9).tobuf()

    with pytest.raises(UploadTooLarge):
        read(header, limit_bytes=10**6)


def test_an_extended_header_without_end_is_not_read_into_memory() -> None:
    header = member("long", type=tarfile.XHDTYPE, size=10**5).tobuf()

    with pytest.raises(UploadInvalid, match="too long"):
        read(header + bytes(10**5))


def test_a_chain_of_extended_headers_is_refused() -> None:
    one = member("x", type=tarfile.XGLTYPE, size=0).tobuf()

    with pytest.raises(UploadInvalid, match="too many"):
        read(one * 10)


@pytest.mark.parametrize("cut", [100, 512, 700, 1024])
def test_an_archive_that_ends_in_the_middle_is_refused(cut: int) -> None:
    with pytest.raises(UploadInvalid, match="middle"):
        read(tar_of(("file", b"x" * 600))[:cut])


def test_garbage_is_no_tar() -> None:
    with pytest.raises(UploadInvalid, match="no tar"):
        read(b"garbage!" * 1000)


@given(st.binary(max_size=3000))
def test_no_bytes_make_it_fail_otherwise(data: bytes) -> None:
    try:
        read(data)
    except (UploadInvalid, UploadTooLarge):
        return


@given(st.data())
def test_no_change_of_a_byte_makes_it_fail_otherwise(data: st.DataObject) -> None:
    archive = bytearray(tar_of((LONG, b"content"), link("l", LONG), directory("d")))
    for _ in range(data.draw(st.integers(1, 4))):
        archive[data.draw(st.integers(0, len(archive) - 1))] = data.draw(st.integers(0, 255))

    try:
        read(bytes(archive))
    except (UploadInvalid, UploadTooLarge):
        return
