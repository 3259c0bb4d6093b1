"""The keys that everything secret is derived from: one file, 0600, outside the database."""

import base64
import binascii
import os
import re
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from thakur import durable
from thakur.security.interface import KeyUnusable

KEY_BYTES = 32
LAST_VERSION = 0xFFFF
_LINE = re.compile(r"v([1-9][0-9]{0,4}):([A-Za-z0-9+/=]+)")


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Keys by their version; the highest is in use, the others open what was sealed before."""

    keys: Mapping[int, bytes] = field(repr=False)

    @property
    def current(self) -> int:
        return max(self.keys)


def load_or_create_ring(path: Path) -> KeyRing:
    """Read the file's lines, `v<N>:<base64>`; the first caller of all makes it with one key.

    Its directory must exist. Raises KeyUnusable.
    """
    try:
        return _load(path)
    except FileNotFoundError:
        _create(path)
        return _load(path)


def add_key(path: Path) -> KeyRing:
    """Begin a rotation: a new key comes into use beside the old one. One that was cut off goes on with the key that it made.

    Raises KeyUnusable.
    """
    ring = load_or_create_ring(path)
    if len(ring.keys) == 1:
        ring = KeyRing({**ring.keys, ring.current + 1: secrets.token_bytes(KEY_BYTES)})
        _write(path, ring)
    return ring


def drop_old_keys(path: Path) -> None:
    """End a rotation: only the newest key stays. What another one has sealed cannot be opened from then on."""
    ring = _load(path)
    _write(path, KeyRing({ring.current: ring.keys[ring.current]}))


def derive(key: bytes, label: str) -> bytes:
    """Make the key of one purpose from the key of all."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"thakur {label}".encode()).derive(key)


def _load(path: Path) -> KeyRing:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyUnusable(f"{path} can be read by others ({stat.filemode(mode)})", hint=f"Run: chmod 600 {path}")
        lines = file.read().decode(errors="replace").split()
    if not lines:
        raise KeyUnusable(f"{path} is empty", hint="Restore it from a backup: what it sealed cannot be opened without.")
    pairs = [_pair_of(line, path) for line in lines]
    keys = dict(pairs)
    if len(keys) < len(pairs):
        raise KeyUnusable(
            f"{path} gives one version to two keys", hint="Number a new key's line higher than the others."
        )
    return KeyRing(keys)


def _pair_of(line: str, path: Path) -> tuple[int, bytes]:
    found = _LINE.fullmatch(line)
    try:
        key = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        key = b""
    if found is None or len(key) != KEY_BYTES or int(found[1]) > LAST_VERSION:
        raise KeyUnusable(
            f"{path} is not a key file", hint="A line of it is v1: (v2: and so on) and 32 bytes in base64."
        )
    return int(found[1]), key


def _create(path: Path) -> None:
    durable.create(path, _lines(KeyRing({1: secrets.token_bytes(KEY_BYTES)})))


def _write(path: Path, ring: KeyRing) -> None:
    durable.replace(path, _lines(ring))


def _lines(ring: KeyRing) -> bytes:
    return "".join(f"v{number}:{base64.b64encode(key).decode()}\n" for number, key in ring.keys.items()).encode()
