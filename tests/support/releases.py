"""Other releases of the platform: virtual environments that differ in nothing but the version that they say they are."""

import shutil
import sysconfig
import venv
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "thakur_deploy"


def install(directory: Path, version: str) -> str:
    """Make an environment with this tree's code as that version; returns its interpreter."""
    venv.create(directory, symlinks=True)
    packages = next(directory.glob("lib/python*/site-packages"))
    shutil.copytree(ROOT / "thakur", packages / "thakur", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "migrations", packages / "thakur" / "_migrations")
    told = packages / f"{NAME}-{version}.dist-info"
    told.mkdir()
    (told / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {NAME}\nVersion: {version}\n")
    # Everything else is borrowed; a .pth file there is not read, so this tree itself is out of sight.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return str(directory / "bin" / "python")


def current() -> str:
    """The version under test."""
    return distribution("thakur-deploy").version
