"""Wheels that bring a program: where it lies, without importing anything of theirs."""

import importlib.util
from pathlib import Path


def wheel_file(package: str, *names: str) -> Path | None:
    """The file below an installed package; None when the package is not installed. The file may be missing."""
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    return Path(next(iter(found.submodule_search_locations))).joinpath(*names)
