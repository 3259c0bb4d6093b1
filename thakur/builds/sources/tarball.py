"""A strict reader of tar streams: entries in order, with every byte counted.

The standard library's reader follows each sparse map and each long header wherever it leads; this one reads what `tar`,
Python and git write of ordinary trees, and refuses the rest.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.builds.interface import UNPACKED_BYTES, UNPACKED_ENTRIES, UploadInvalid, UploadTooLarge

BLOCK_BYTES = 512
COPY_BYTES = 1024 * 1024
LONG_HEADER_BYTES = 64 * 1024
# A path needs a long name and a long link at most; each may be announced in either dialect.
LONG_HEADERS_PER_ENTRY = 4


class Kind(StrEnum):
    """What an entry is; nothing else is accepted."""

    FILE = "file"
    DIRECTORY = "directory"
    SYMLINK = "symlink"
    HARD_LINK = "hard link"


_KINDS = {
    b"0": Kind.FILE,
    b"\0": Kind.FILE,
    b"7": Kind.FILE,
    b"1": Kind.HARD_LINK,
    b"2": Kind.SYMLINK,
    b"5": Kind.DIRECTORY,
}
_REFUSED = {b"3": "a device", b"4": "a device", b"6": "a FIFO", b"S": "a sparse file"}


class Stream(Protocol):
    """What a tarball is read from."""

    def read(self, size: int, /) -> bytes: ...


class TarEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One header. `name` and `target` are as written, undecodable bytes as surrogates."""

    kind: Kind
    name: str
    size_bytes: int
    is_executable: bool
    target: str


class Tarball:
    """Iterates over entries; `data()` gives the present entry's bytes and may be left unread."""

    def __init__(
        self, stream: Stream, limit_bytes: int = UNPACKED_BYTES, limit_entries: int = UNPACKED_ENTRIES
    ) -> None:
        self._stream = stream
        self._limit_bytes = limit_bytes
        self._limit_entries = limit_entries
        self._read_bytes = 0
        self._left = 0
        self._padding = 0

    def __iter__(self) -> Iterator[TarEntry]:
        entries = 0
        while (entry := self._next()) is not None:
            entries += 1
            if entries > self._limit_entries:
                raise UploadTooLarge(
                    f"The folder has more than {self._limit_entries:,} files and directories.",
                    hint="Leave generated files out, for example by naming them in .gitignore.",
                )
            yield entry
        while rest := self._stream.read(COPY_BYTES):
            self._count(len(rest))

    def data(self) -> Iterator[bytes]:
        while self._left:
            chunk = self._exactly(min(self._left, COPY_BYTES))
            self._left -= len(chunk)
            yield chunk
        self._exactly(self._padding)
        self._padding = 0

    def _next(self) -> TarEntry | None:
        long: dict[str, str] = {}
        for _ in range(LONG_HEADERS_PER_ENTRY + 1):
            for _ in self.data():
                pass
            header = self._exactly(BLOCK_BYTES)
            if header == bytes(BLOCK_BYTES):
                return None
            _verify(header)
            size = _number(header[124:136])
            kind = header[156:157]
            if kind in b"xgLK":
                long |= self._long_header(kind, size)
                continue
            return self._entry(header, long, kind, size)
        raise UploadInvalid("The archive has too many extended headers before one entry.")

    def _long_header(self, kind: bytes, size: int) -> dict[str, str]:
        if size > LONG_HEADER_BYTES:
            raise UploadInvalid("The archive has an extended header that is too long.")
        self._expect(size)
        body = b"".join(self.data())
        if kind == b"x":
            return _pax(body)
        if kind == b"g":
            return {}
        return {"path" if kind == b"L" else "linkpath": _text(body)}

    def _entry(self, header: bytes, long: dict[str, str], kind: bytes, size: int) -> TarEntry:
        name = long.get("path", "") or _name(header)
        if kind in _REFUSED or any(key.startswith("GNU.sparse") for key in long):
            raise UploadInvalid(f"{name!r} is {_REFUSED.get(kind, 'a sparse file')}, which is refused.")
        if kind not in _KINDS:
            raise UploadInvalid(f"{name!r} is of a kind that is not known: {kind!r}.")
        found = Kind.DIRECTORY if name.endswith("/") and kind in b"0\0" else _KINDS[kind]
        if "size" in long:
            size = _decimal(long["size"])
        if size and found is not Kind.FILE:
            raise UploadInvalid(f"{name!r} is a {found} that has content.")
        self._expect(size)
        return TarEntry(
            kind=found,
            name=name,
            size_bytes=size,
            is_executable=bool(_number(header[100:108]) & 0o100),
            target=long.get("linkpath", "") or _text(header[157:257]),
        )

    def _expect(self, size: int) -> None:
        if self._read_bytes + size > self._limit_bytes:
            raise self._too_large()
        self._left = size
        self._padding = -size % BLOCK_BYTES

    def _exactly(self, size: int) -> bytes:
        self._count(size)
        parts = []
        while size:
            part = self._stream.read(size)
            if not part:
                raise UploadInvalid("The archive ends in the middle.", hint="Send it again.")
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def _count(self, size: int) -> None:
        self._read_bytes += size
        # The end of the archive and its padding are not the folder's.
        if self._read_bytes > self._limit_bytes + 20 * BLOCK_BYTES + COPY_BYTES:
            raise self._too_large()

    def _too_large(self) -> UploadTooLarge:
        return UploadTooLarge(
            f"The folder unpacks to more than {self._limit_bytes / 1024**3:.3g} GB.",
            hint="Leave large files out, for example by naming them in .gitignore.",
        )


def _verify(header: bytes) -> None:
    stated = _number(header[148:156])
    if stated != sum(header) - sum(header[148:156]) + 8 * 0x20:
        raise UploadInvalid("This is no tar archive: a header's checksum is wrong.", hint="Send a tar.zst.")


def _number(field: bytes) -> int:
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.split(b"\0", 1)[0].strip(b" ")
    try:
        value = int(digits or b"0", 8)
    except ValueError as error:
        raise UploadInvalid("This is no tar archive: a header holds no number where one belongs.") from error
    if value < 0:
        raise UploadInvalid("The archive has a negative size.")
    return value


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise UploadInvalid("The archive has a size that is no number.")
    return int(text)


def _name(header: bytes) -> str:
    name = _text(header[:100])
    is_posix = header[257:263] == b"ustar\0"
    prefix = _text(header[345:500]) if is_posix else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode(errors="surrogateescape")


def _pax(body: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    while body:
        digits, space, _ = body[:20].partition(b" ")
        length = _decimal(digits.decode(errors="replace"))
        record = body[len(digits) + 1 : length]
        key, equals, value = record[:-1].partition(b"=")
        if not space or not equals or record[-1:] != b"\n" or length > len(body):
            raise UploadInvalid("The archive has an extended header that cannot be read.")
        found[key.decode(errors="replace")] = value.decode(errors="surrogateescape")
        body = body[length:]
    return found
