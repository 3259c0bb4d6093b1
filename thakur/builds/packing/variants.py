"""Variants: compressed forms of what a static site serves, made once, beside the artifact and never in it.

Beside, so that no visitor can ask for one, none can have a name of the project's own, and an artifact's digest does not
depend on how well a compressor does.
"""

import gzip
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic

import msgspec

from thakur.builds.packing.pool import Pool
from thakur.builds.workspaces.disk import write_all

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

# Names are strings here: a tree has up to 500,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH101, PTH102, PTH112, PTH116, PTH120

GZIP, ZSTD = "gz", "zst"
# gzip first: every browser takes it, also over plain HTTP.
CODINGS = (GZIP, ZSTD)
SMALLEST_BYTES = 1024
LARGEST_BYTES = 16 * 1024 * 1024
WORTH = 0.9
SECONDS = 10.0
_THOROUGH_BYTES = 1024 * 1024
_THOROUGH_TOTAL_BYTES = 8 * 1024 * 1024
_NICE = 10
_MODE = 0o640
_DIRECTORY_MODE = 0o750
_KINDS = frozenset(
    b"html htm xhtml css js mjs cjs map json jsonld geojson webmanifest xml xsl rss atom svg txt md csv tsv vtt ics yaml yml "
    b"wasm ttf otf eot ico bmp gltf glb".split()
)


class Text(msgspec.Struct, frozen=True):
    """A file that may be worth it: its path below the artifact's root, and the SHA-256 of its bytes."""

    path: bytes
    content: bytes
    size_bytes: int


def is_text(path: bytes, size_bytes: int) -> bool:
    """Whether a file is of a kind and size that compressing pays for, and may be shown at all."""
    is_hidden = path.startswith(b".") or b"/." in path
    is_kind = path.rpartition(b".")[2].lower() in _KINDS
    return is_kind and not is_hidden and SMALLEST_BYTES <= size_bytes <= LARGEST_BYTES


def make_variants(root: Path, texts: list[Text], target: Path, pool: Pool, gid: int | None) -> int:
    """Write `target/gz` and `target/zst`, with the names of the texts that got smaller; returns their size. Blocking.

    What the pool has from an earlier deployment is linked. Once the time is up the rest stays as it is.
    """
    making = _Making(os.fsencode(root), os.fsencode(target), pool, -1 if gid is None else gid)
    # The smallest first: they are the most, and maps are for few eyes.
    ordered = sorted(texts, key=lambda text: (text.path.endswith(b".map"), text.size_bytes, text.path))
    # A thread of its own, because whoever has become nice may not take it back.
    with ThreadPoolExecutor(1, "variants", initializer=os.nice, initargs=(_NICE,)) as background:
        return background.submit(making.all, ordered).result()


class _Making:
    def __init__(self, root: bytes, target: bytes, pool: Pool, gid: int) -> None:
        self._root = root
        self._target = target
        self._pool = pool
        self._gid = gid
        self._until = monotonic() + SECONDS
        self._sizes: dict[bytes, int] = {}

    def all(self, texts: list[Text]) -> int:
        is_small = sum(text.size_bytes for text in texts) <= _THOROUGH_TOTAL_BYTES
        size = 0
        for coding in CODINGS:
            for text in texts:
                size += self._one(text, coding, is_thorough=is_small and text.size_bytes <= _THOROUGH_BYTES)
        return size

    def _one(self, text: Text, coding: str, *, is_thorough: bool) -> int:
        path = b"/".join((self._target, coding.encode(), text.path))
        self._make_directory(os.path.dirname(path))
        if not self._pool.link_variant(text.content, coding, path):
            if monotonic() > self._until:
                return 0
            packed = _compress(self._read(text), coding, is_thorough=is_thorough)
            # A better form than gzip is one only if it is smaller.
            if len(packed) > WORTH * text.size_bytes or len(packed) >= self._sizes.get(text.path, text.size_bytes):
                return 0
            self._write(path, packed)
            self._pool.add_variant(path, text.content, coding)
        self._sizes[text.path] = size = os.stat(path).st_size
        return size

    def _read(self, text: Text) -> bytes:
        descriptor = os.open(self._root + b"/" + text.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as file:
            return file.read()

    def _write(self, path: bytes, packed: bytes) -> None:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        try:
            write_all(descriptor, packed)
            os.fchown(descriptor, -1, self._gid)
            os.fchmod(descriptor, _MODE)
        finally:
            os.close(descriptor)

    def _make_directory(self, path: bytes) -> None:
        if os.path.isdir(path):
            return
        self._make_directory(os.path.dirname(path))
        os.mkdir(path)
        os.chown(path, -1, self._gid)
        os.chmod(path, _DIRECTORY_MODE)


def _compress(content: bytes, coding: str, *, is_thorough: bool) -> bytes:
    if coding == GZIP:
        return gzip.compress(content, 9, mtime=0)
    return zstd.compress(content, 19 if is_thorough else 12)
