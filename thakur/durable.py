"""Files that must survive a power cut: what is read afterwards is the old content or the new one, never a part."""

import os
import secrets
from pathlib import Path


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put `content` in the file's place; durable on return. One writer at a time."""
    fresh = path.with_name(f"{path.name}.new")
    _write(fresh, content, mode)
    fresh.replace(path)
    sync_directory(path.parent)


def create(path: Path, content: bytes, mode: int = 0o600) -> bool:
    """Make the file unless it is there, durable on return; of many makers one wins, and only that one gets True."""
    fresh = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    _write(fresh, content, mode)
    try:
        path.hardlink_to(fresh)
    except FileExistsError:
        return False
    finally:
        fresh.unlink()
    sync_directory(path.parent)
    return True


def sync_directory(directory: Path) -> None:
    """Make what was renamed, made or removed in `directory` survive a power cut."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(descriptor)
