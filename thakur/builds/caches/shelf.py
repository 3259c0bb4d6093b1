"""The shelf: where a project's caches lie between its builds, with what is known of them."""

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from thakur.builds.caches.trees import size_of
from thakur.builds.workspaces.disk import finish_removals, remove_tree

PACKAGES = "packages"
FRAMEWORKS = "frameworks"
MODULES = "modules"
_SIZE = "size"
_FAILURES = "failures"
_VERDICT = "verdict"
_NAME_BYTES = 255


class Shelf:
    """One project's directory of caches. It is made by the first build that is lent something.

    Everything may be removed at any moment by a person who clears it: a build that runs then keeps nothing.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.packages = directory / PACKAGES
        self.frameworks = directory / FRAMEWORKS
        self.modules = directory / MODULES

    def make(self) -> None:
        """Make what is missing of it."""
        for directory in (self.directory, self.frameworks, self.modules):
            directory.mkdir(mode=0o700, exist_ok=True)

    def framework(self, framework: str, place: str) -> Path | None:
        """Where the cache lies that a framework has at this place in the source; None if that is too long for one name."""
        name = quote(f"{framework}:{place}", safe="")
        return self.frameworks / name if len(name.encode()) <= _NAME_BYTES else None

    def size_bytes(self) -> int:
        """As measured after the last build."""
        return self._number(_SIZE)

    def failures(self) -> int:
        """How many builds in a row have failed with these caches."""
        return self._number(_FAILURES)

    def verdict(self) -> str:
        """With which tools of the project which bun has failed; empty if with none."""
        return self._text(_VERDICT)

    def note_size(self, size_bytes: int) -> None:
        self._note(_SIZE, size_bytes)

    def note_failures(self, failures: int) -> None:
        if failures != self.failures():
            self._note(_FAILURES, failures)

    def note_verdict(self, verdict: str) -> None:
        self._note(_VERDICT, verdict)

    def used_at(self) -> float:
        """When a build last left something here, as a time of the file system's clock."""
        try:
            return (self.directory / _SIZE).stat().st_mtime
        except FileNotFoundError:
            return 0.0

    def clear(self) -> int:
        """Remove everything; returns the bytes that were freed. May be called twice."""
        if not self.directory.is_dir():
            return 0
        size_bytes = size_of(self.directory)
        remove_tree(self.directory)
        return size_bytes

    def finish_removals(self) -> None:
        """Remove what a crash left of removals here. Only while no build runs."""
        for directory in (self.directory, self.frameworks, self.modules):
            finish_removals(directory)

    def _number(self, name: str) -> int:
        try:
            return int(self._text(name))
        except ValueError:
            return 0

    def _text(self, name: str) -> str:
        try:
            return (self.directory / name).read_text()
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def _note(self, name: str, value: int | str) -> None:
        with suppress(FileNotFoundError):
            descriptor, path = tempfile.mkstemp(dir=self.directory)
            with os.fdopen(descriptor, "w") as file:
                file.write(str(value))
            Path(path).replace(self.directory / name)
