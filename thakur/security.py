"""The key that everything secret is derived from: one file, 0600, outside the database."""

import base64
import binascii
import os
import secrets
import stat
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from thakur.errors import ThakurError

KEY_BYTES = 32
_VERSION = "v1"


class KeyUnusable(ThakurError):
    """The key file is open to others, cut off, or not a key file."""

    code = "key_unusable"


def load_or_create_key(path: Path) -> bytes:
    """Read the newest key of the file, which the first caller of all makes.

    Its directory must exist. Raises KeyUnusable.
    """
    try:
        return _load(path)
    except FileNotFoundError:
        _create(path)
        return _load(path)


def derive(key: bytes, label: str) -> bytes:
    """Make the key of one purpose from the key of all."""
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"thakur {label}".encode()).derive(key)


def _load(path: Path) -> bytes:
    with path.open("rb") as file:
        mode = os.fstat(file.fileno()).st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyUnusable(f"{path} can be read by others ({stat.filemode(mode)})", hint=f"Run: chmod 600 {path}")
        lines = file.read().decode(errors="replace").split()
    if not lines:
        raise KeyUnusable(f"{path} is empty", hint="Restore it from a backup: what it sealed cannot be opened without.")
    return _key_of(lines[-1], path)


def _key_of(line: str, path: Path) -> bytes:
    version, _, text = line.partition(":")
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if version != _VERSION or len(key) != KEY_BYTES:
        raise KeyUnusable(f"{path} is not a key file", hint=f"A line of it is {_VERSION}: and 32 bytes in base64.")
    return key


def _create(path: Path) -> None:
    # Written aside and linked: who reads it meanwhile sees no file or the whole key, and of two makers one wins.
    aside = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    line = f"{_VERSION}:{base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()}\n"
    file = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(file, line.encode())
        os.fsync(file)
        os.link(aside, path)
    except FileExistsError:
        pass
    finally:
        os.close(file)
        aside.unlink()
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
