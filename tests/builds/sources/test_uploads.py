"""Uploads: counted while they arrive, kept whole or not at all."""

import asyncio
import hashlib
import os
import shutil
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.building import body_of
from thakur.builds import DiskNearlyFull, UploadInvalid, UploadTooLarge
from thakur.builds.sources.uploads import Uploads


def files_below(directory: Path) -> list[Path]:
    return [path for path in directory.rglob("*") if path.is_file()]


async def test_an_upload_is_kept_under_its_digest(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)

    received = await uploads.receive(1, body_of(b"abc" * 1000, chunk_bytes=7))

    assert received.digest == hashlib.sha256(b"abc" * 1000).hexdigest()
    assert received.size_bytes == 3000
    assert uploads.path(1, received.digest).read_bytes() == b"abc" * 1000


async def test_a_body_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"some bytes"
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await Uploads(tmp_path).receive(1, broken())

    assert files_below(tmp_path) == []


async def test_a_canceled_upload_leaves_nothing(tmp_path: Path) -> None:
    begun = asyncio.Event()

    async def endless() -> AsyncIterator[bytes]:
        while True:
            yield b"x" * 100_000
            begun.set()
            await asyncio.sleep(0)

    receiving = asyncio.ensure_future(Uploads(tmp_path).receive(1, endless()))
    await begun.wait()
    receiving.cancel()
    await asyncio.wait([receiving])

    assert receiving.cancelled()
    assert files_below(tmp_path) == []


async def test_the_limit_is_noticed_before_the_body_ends(tmp_path: Path) -> None:
    sent = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1000
            yield b"x" * 1000

    with pytest.raises(UploadTooLarge):
        await Uploads(tmp_path, limit_bytes=10_000).receive(1, endless())

    assert sent == 11_000
    assert files_below(tmp_path) == []


async def test_an_upload_of_exactly_the_limit_is_accepted(tmp_path: Path) -> None:
    received = await Uploads(tmp_path, limit_bytes=10_000).receive(1, body_of(b"x" * 10_000))

    assert received.size_bytes == 10_000


async def test_an_empty_body_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UploadInvalid):
        await Uploads(tmp_path).receive(1, body_of(b""))


async def test_nothing_is_accepted_when_the_disk_is_nearly_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100 * 1024**3, 0, 4 * 1024**3))

    with pytest.raises(DiskNearlyFull) as refused:
        await Uploads(tmp_path).receive(1, body_of(b"abc"))

    assert "4.0 GB" in refused.value.message
    assert refused.value.hint


async def test_room_is_made_before_an_upload_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = [4 * 1024**3]
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(100 * 1024**3, 0, free[0]))

    def make_room(directory: Path) -> None:
        free[0] = 6 * 1024**3

    received = await Uploads(tmp_path, make_room=make_room).receive(1, body_of(b"abc"))

    assert received.size_bytes == 3


async def test_an_upload_goes_with_its_build(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    received = await uploads.receive(1, body_of(b"abc"))

    uploads.remove(1, received.digest, unless_newer_than=datetime.now(UTC) + timedelta(seconds=1))
    uploads.remove(1, received.digest, unless_newer_than=datetime.now(UTC) + timedelta(seconds=1))

    assert files_below(tmp_path) == []


async def test_the_same_bytes_sent_again_outlive_the_first_build(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    await uploads.receive(1, body_of(b"abc"))
    first_requested_at = datetime.now(UTC) - timedelta(seconds=1)
    again = await uploads.receive(1, body_of(b"abc"))

    uploads.remove(1, again.digest, unless_newer_than=first_requested_at)

    assert uploads.path(1, again.digest).exists()


async def test_only_abandoned_bodies_are_swept(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    (tmp_path / "1").mkdir()
    abandoned, arriving = tmp_path / "1" / ".partial-a", tmp_path / "1" / ".partial-b"
    for path in (abandoned, arriving):
        path.write_bytes(b"x")
    os.utime(abandoned, (0, 0))

    uploads.remove_partial()

    assert files_below(tmp_path) == [arriving]


async def test_a_projects_uploads_go_together(tmp_path: Path) -> None:
    uploads = Uploads(tmp_path)
    await uploads.receive(1, body_of(b"abc"))
    kept = await uploads.receive(2, body_of(b"abc"))

    uploads.remove_project(1)
    uploads.remove_project(1)

    assert files_below(tmp_path) == [uploads.path(2, kept.digest)]
