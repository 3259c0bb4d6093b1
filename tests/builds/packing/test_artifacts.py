"""Artifacts: named by their content, and out of reach of what comes later."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from thakur.builds import ArtifactNotFound, BuildFailed
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.packing.pool import POOL

TENANT, SERVICE = 640_001, 640_999


def make(root: Path, text: str = "content") -> Path:
    (root / "sub").mkdir(parents=True)
    (root / "sub" / "file").write_text(text)
    (root / "link").symlink_to("sub/file")
    return root


async def test_a_packed_directory_is_found_by_its_digest(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")

    packed = artifacts.pack(1, make(tmp_path / "kept"), None)

    directory = Path(await artifacts.directory(1, packed.digest))
    assert directory == tmp_path / "artifacts" / "1" / packed.digest
    assert (directory / "link").read_text() == "content"
    assert (packed.files, packed.size_bytes) == (1, 7)
    assert await artifacts.verify(1, packed.digest)
    assert not (tmp_path / "kept").exists()


async def test_an_artifact_that_was_changed_is_noticed(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    packed = artifacts.pack(1, make(tmp_path / "kept"), None)

    (tmp_path / "artifacts" / "1" / packed.digest / "sub" / "file").write_text("Content")

    assert not await artifacts.verify(1, packed.digest)


def test_the_same_content_is_kept_once(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    first = artifacts.pack(1, make(tmp_path / "kept"), None)
    inode = (tmp_path / "artifacts" / "1" / first.digest / "sub" / "file").stat().st_ino

    second = artifacts.pack(1, make(tmp_path / "kept"), None)

    assert second == first
    assert (tmp_path / "artifacts" / "1" / first.digest / "sub" / "file").stat().st_ino == inode
    assert sorted(path.name for path in (tmp_path / "artifacts" / "1").iterdir()) == [POOL, first.digest]


async def test_a_later_build_that_writes_in_place_leaves_the_artifact(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    cached = make(tmp_path / "cache")
    shutil.copytree(cached, tmp_path / "kept", copy_function=os.link, symlinks=True)
    packed = artifacts.pack(1, tmp_path / "kept", None)

    (cached / "sub" / "file").write_text("Content")

    assert await artifacts.verify(1, packed.digest)


async def test_what_the_cache_shares_is_written_once_for_all_artifacts(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    cached = make(tmp_path / "cache")
    digests = []
    for number in range(2):
        kept = tmp_path / f"kept-{number}"
        shutil.copytree(cached, kept, copy_function=os.link, symlinks=True)
        (kept / "own").write_text(str(number))
        digests.append(artifacts.pack(1, kept, None).digest)

    files = [tmp_path / "artifacts" / "1" / digest / "sub" / "file" for digest in digests]

    assert files[0].stat().st_ino == files[1].stat().st_ino != (cached / "sub" / "file").stat().st_ino
    assert all([await artifacts.verify(1, digest) for digest in digests])


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_tenant_owns_and_the_service_reads(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts", service_gid=SERVICE)
    kept = make(tmp_path / "kept")
    (kept / "run").write_text("#!")
    (kept / "run").chmod(0o4777)
    os.link(kept / "run", tmp_path / "shared")

    packed = artifacts.pack(1, kept, TENANT)

    directory = tmp_path / "artifacts" / "1" / packed.digest
    for path, mode in (
        (directory, 0o750),
        (directory / "sub", 0o750),
        (directory / "sub/file", 0o640),
        (directory / "run", 0o750),
    ):
        found = path.stat()
        assert (found.st_uid, found.st_gid, stat.S_IMODE(found.st_mode)) == (TENANT, SERVICE, mode), path


@pytest.mark.parametrize("target", ["/etc/passwd", "../outside", "sub/../../outside"])
def test_a_link_that_leaves_is_refused(tmp_path: Path, target: str) -> None:
    kept = make(tmp_path / "kept")
    (kept / "evil").symlink_to(target)

    with pytest.raises(BuildFailed, match="evil"):
        LocalArtifacts(tmp_path / "artifacts").pack(1, kept, None)

    assert [path.name for path in (tmp_path / "artifacts" / "1").iterdir()] == [POOL]


def test_sockets_and_fifos_are_left_out(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    plain = artifacts.pack(1, make(tmp_path / "kept"), None)
    kept = make(tmp_path / "kept")
    os.mkfifo(kept / "fifo")

    assert artifacts.pack(1, kept, None) == plain


async def test_an_artifact_belongs_to_its_project(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    packed = artifacts.pack(1, make(tmp_path / "kept"), None)

    with pytest.raises(ArtifactNotFound):
        await artifacts.directory(2, packed.digest)
    await artifacts.remove_project(1)
    await artifacts.remove_project(1)
    with pytest.raises(ArtifactNotFound):
        await artifacts.directory(1, packed.digest)
    assert list((tmp_path / "artifacts").iterdir()) == []


def test_what_a_crash_left_half_packed_goes(tmp_path: Path) -> None:
    artifacts = LocalArtifacts(tmp_path / "artifacts")
    packed = artifacts.pack(1, make(tmp_path / "kept"), None)
    (tmp_path / "artifacts" / "1" / ".partial-x" / "content").mkdir(parents=True)
    (tmp_path / "artifacts" / "1" / POOL / "unused").touch()

    artifacts.remove_partial()

    assert sorted(path.name for path in (tmp_path / "artifacts" / "1").rglob("*")) == sorted(
        [POOL, packed.digest, "sub", "file", "link"]
    )
