"""Packing a selection: a tar.zst that comes in chunks, the same bytes for the same files."""

import sys
import tarfile
from collections.abc import Iterator, Sequence

from thakur.builds import UNPACKED_BYTES, UNPACKED_ENTRIES, UPLOAD_BYTES, UploadTooLarge
from thakur.cli.interface import FolderUnreadable
from thakur.cli.sending.entries import Entry
from thakur.cli.times import size

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdCompressor
else:
    from backports.zstd import ZstdCompressor

LEVEL = 3
LARGEST_SHOWN = 3
_HINT = "Leave out what the build makes itself, with .gitignore."


def check_size(entries: Sequence[Entry]) -> None:
    """Refuse before anything is sent what the server would refuse. Raises UploadTooLarge, FolderUnreadable."""
    if not entries:
        raise FolderUnreadable(
            "There is no file to send", hint="Name the folder that holds the application: thakur deploy FOLDER"
        )
    if len(entries) > UNPACKED_ENTRIES:
        raise UploadTooLarge(f"{len(entries):,} files are more than {UNPACKED_ENTRIES:,}", hint=_HINT)
    total = sum(entry.size_bytes for entry in entries)
    if total > UNPACKED_BYTES:
        raise UploadTooLarge(f"{size(total)} are more than {size(UNPACKED_BYTES)}. {_largest(entries)}", hint=_HINT)


def packed(entries: Sequence[Entry]) -> Iterator[bytes]:
    """The archive's chunks. Raises UploadTooLarge, FolderUnreadable."""
    compressor = ZstdCompressor(level=LEVEL)
    sent_bytes = 0
    for chunk in _tar(entries):
        if ready := compressor.compress(chunk):
            sent_bytes += len(ready)
            if sent_bytes > UPLOAD_BYTES:
                raise UploadTooLarge(
                    f"The folder is over {size(UPLOAD_BYTES)} when packed. {_largest(entries)}", hint=_HINT
                )
            yield ready
    yield compressor.flush()


def _tar(entries: Sequence[Entry]) -> Iterator[bytes]:
    for entry in entries:
        yield _header(entry)
        if entry.target is None:
            yield from _content(entry)
            yield bytes(-entry.size_bytes % tarfile.BLOCKSIZE)
    yield bytes(2 * tarfile.BLOCKSIZE)


def _header(entry: Entry) -> bytes:
    about = tarfile.TarInfo(entry.name)
    about.mtime = entry.modified_at
    about.mode = 0o755 if entry.is_executable else 0o644
    if entry.target is not None:
        about.type, about.linkname, about.mode = tarfile.SYMTYPE, entry.target, 0o777
    else:
        about.size = entry.size_bytes
    return about.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape")


def _content(entry: Entry) -> Iterator[bytes]:
    # The header has promised a size: a file that changes meanwhile must not shift all that follows.
    left = entry.size_bytes
    for chunk in entry.read():
        left -= len(chunk)
        if left < 0:
            break
        yield chunk
    if left:
        raise FolderUnreadable(f"{entry.name} changed while it was read", hint="Run the same command again.")


def _largest(entries: Sequence[Entry]) -> str:
    sizes: dict[str, int] = {}
    for entry in entries:
        top = entry.name.split("/")[0]
        sizes[top] = sizes.get(top, 0) + entry.size_bytes
    largest = sorted(sizes.items(), key=lambda pair: -pair[1])[:LARGEST_SHOWN]
    return "Largest: " + ", ".join(f"{name} {size(total)}" for name, total in largest) + "."
