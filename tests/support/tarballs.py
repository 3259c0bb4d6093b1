"""Archives for tests: of a dict of files, of a folder, or of hand-made entries."""

import io
import tarfile
from collections.abc import Mapping
from pathlib import Path

from backports import zstd


def member(name: str, **fields: object) -> tarfile.TarInfo:
    """A header with any field set, also to what no tar would write."""
    found = tarfile.TarInfo(name)
    for field, value in fields.items():
        setattr(found, field, value)
    return found


def link(name: str, target: str) -> tarfile.TarInfo:
    return member(name, type=tarfile.SYMTYPE, linkname=target)


def hard_link(name: str, target: str) -> tarfile.TarInfo:
    return member(name, type=tarfile.LNKTYPE, linkname=target)


def directory(name: str) -> tarfile.TarInfo:
    return member(name, type=tarfile.DIRTYPE, mode=0o755)


def tar_of(
    *entries: tarfile.TarInfo | tuple[str, bytes] | tuple[tarfile.TarInfo, bytes], dialect: int = tarfile.PAX_FORMAT
) -> bytes:
    """A tar of the entries in order: a header alone, or a name or header with its content."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w", format=dialect) as tar:
        for entry in entries:
            header, content = entry if isinstance(entry, tuple) else (entry, b"")
            if isinstance(header, str):
                header = member(header)
            if content:
                header.size = len(content)
            tar.addfile(header, io.BytesIO(content))
    return written.getvalue()


def packed(*entries: tarfile.TarInfo | tuple[str, bytes] | tuple[tarfile.TarInfo, bytes]) -> bytes:
    """The same as a tar.zst."""
    return zstd.compress(tar_of(*entries), level=3)


def packed_files(files: Mapping[str, str]) -> bytes:
    """A tar.zst of texts by name."""
    return packed(*((name, text.encode()) for name, text in files.items()))


def packed_folder(folder: Path) -> bytes:
    """A tar.zst of a folder, without node_modules."""
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w") as tar:
        for path in sorted(folder.rglob("*")):
            relative = path.relative_to(folder)
            if "node_modules" not in relative.parts:
                tar.add(path, arcname=str(relative), recursive=False)
    return zstd.compress(written.getvalue(), level=3)
