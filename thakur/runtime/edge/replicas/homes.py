"""A replica's directory on the edge: what it writes, what it says, and what the sandbox notes about it."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from thakur.builds import Failure
from thakur.runtime.interface import DeploymentRefused


@dataclass(frozen=True, slots=True)
class Home:
    """Made before the replica's process and removed after it, so a process without a home belongs to nobody."""

    path: Path

    @property
    def upper(self) -> Path:
        return self.path / "upper"

    @property
    def work(self) -> Path:
        return self.path / "work"

    @property
    def output(self) -> Path:
        return self.path / "output.log"

    @property
    def notices(self) -> Path:
        return self.path / "notices.log"

    @property
    def status(self) -> Path:
        return self.path / "status.json"

    def make(self, uid: int) -> None:
        """Empty directories of the tenant's below one of our own. Raises DeploymentRefused."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for directory in (self.upper, self.work):
                remove_tree(directory)
                directory.mkdir(mode=0o700)
                if uid != os.geteuid():
                    os.chown(directory, uid, uid)
        except OSError as error:
            raise DeploymentRefused(
                Failure(
                    code="edge_files",
                    what="The edge could not make the replica's directory.",
                    why=str(error),
                    next="Free disk space on the host, then deploy again.",
                ),
            ) from error

    def remove(self) -> None:
        """Everything goes. May be called twice."""
        remove_tree(self.path)


def homes_directory(data_dir: Path) -> Path:
    """Where an edge keeps the homes of its replicas, each named like the replica's sandbox."""
    return data_dir / "edge" / "replicas"


def all_homes(data_dir: Path) -> list[Home]:
    """The homes that are there, whether anybody lives in them or not."""
    directory = homes_directory(data_dir)
    return [Home(path) for path in sorted(directory.iterdir())] if directory.is_dir() else []


def remove_tree(path: Path) -> None:
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return
    except PermissionError:
        # An overlay leaves a directory of mode 000, and a tenant may make more; without root we must open them first.
        _open_directories(path)
        shutil.rmtree(path)


def _open_directories(path: Path) -> None:
    path.chmod(0o700)
    for entry in os.scandir(path):
        if entry.is_dir(follow_symlinks=False):
            _open_directories(Path(entry.path))
