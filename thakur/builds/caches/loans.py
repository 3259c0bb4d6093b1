"""A loan: what one build has of its project's caches, from its first step to its end."""

import logging
from pathlib import Path

from thakur.builds.caches import frameworks, packages
from thakur.builds.caches.bounds import LIMIT_BYTES, to_drop
from thakur.builds.caches.dependencies import dependencies_key
from thakur.builds.caches.modules import Modules, own_bytes
from thakur.builds.caches.places import framework_places
from thakur.builds.caches.shelf import Shelf
from thakur.builds.caches.trees import directory_below, size_of
from thakur.builds.caches.verdicts import tools_key
from thakur.builds.plan import Plan
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.workspaces.disk import remove_tree

# So many builds in a row may fail with what is kept; the next begins with nothing, in case that is the reason.
FAILURES = 2

log = logging.getLogger(__name__)


class Loan:
    """Every call is blocking, and comes only while nothing runs in the workspace.

    A build that fails, is canceled or dies leaves everything as it was before it, but for packages that it fetched and
    did not touch.
    """

    def __init__(self, shelf: Shelf, workspace: Path, uid: int | None, limit_bytes: int = LIMIT_BYTES) -> None:
        self._shelf = shelf
        self._workspace = workspace
        self._uid = uid
        self._limit_bytes = limit_bytes
        self._stamp = workspace.with_name(f"{workspace.name}.installed")
        self._aside = workspace.with_name(f"{workspace.name}.caches")
        self._modules = Modules(shelf.modules, workspace)
        self._is_open = False
        self._is_fresh = False
        # By their place in the source, where they lie on the shelf.
        self._kept: dict[str, Path] = {}
        self._lent: list[str] = []
        self._tools = ""
        self._returned: packages.Returned | None = None
        self.has_packages = False
        self.is_suspected = False

    @property
    def has_modules(self) -> bool:
        """Whether `node_modules` of an earlier build is there."""
        return self._modules.are_lent

    def open(self, plan: Plan, circumstances: str = "", *, is_fresh: bool) -> None:
        """Begin, before anything of the source has run. A fresh build is lent packages and nothing else.

        `circumstances` are what an installation depends on besides the source and the plan.
        """
        self._shelf.make()
        self._is_open = True
        self._is_fresh = is_fresh
        self.is_suspected = self._shelf.failures() >= FAILURES
        for place in framework_places(plan):
            kept = self._shelf.framework(plan.framework, place)
            # What the source brings is its own and stays where it is.
            if kept is not None and directory_below(self._workspace, place) is None:
                self._kept[place] = kept
        self._tools = tools_key(self._workspace, plan)
        key = dependencies_key(self._workspace, plan, circumstances)
        if self.is_suspected:
            remove_tree(self._shelf.packages)
        self._modules.lend(key, self._uid, is_wanted=not is_fresh and not self.is_suspected)
        self.has_packages = packages.lend(self._shelf.packages, self._workspace, self._uid)

    def empty_packages(self) -> None:
        """Give the build an empty package cache instead of the one that it has."""
        if self._modules.are_lent:
            self._modules.drop()
        remove_tree(self._workspace / CACHE_NAME)
        self.has_packages = packages.lend(self._shelf.packages, self._workspace, self._uid)

    def installed(self, *, is_whole: bool = True) -> None:
        """Note that the installation has ended: what changes a package from now on is the build.

        Packages of one that is not whole are not kept as they were installed.
        """
        self._stamp.touch()
        if is_whole:
            self._modules.note(self._stamp.stat().st_ctime_ns)

    def lend_frameworks(self) -> list[str]:
        """Copy the framework caches into the workspace; returns their places."""
        if not self._is_fresh and not self.is_suspected:
            self._lent = [place for place, kept in self._kept.items() if self._lend(kept, place)]
        return self._lent

    def drop_frameworks(self) -> None:
        """Take the framework caches away from the build again, as if there had been none."""
        for place in self._lent:
            if directory_below(self._workspace, place) is not None:
                remove_tree(self._workspace / place)
        self._lent = []

    def failed_on(self, bun: str) -> bool:
        """Whether an earlier build by the same tools failed on this bun and ran on node. A fresh build is told of none."""
        return not self._is_fresh and self._shelf.verdict() == f"{self._tools} {bun}"

    def note_failed_on(self, bun: str) -> None:
        """Note it for the next builds."""
        self._shelf.note_verdict(f"{self._tools} {bun}")

    def forget_failed(self) -> None:
        """Let the next build try bun again."""
        self._shelf.note_verdict("")

    def take(self) -> None:
        """Take everything out of the workspace, which is packed next."""
        self._take_packages()
        self._aside.mkdir(mode=0o700)
        for place, kept in self._kept.items():
            frameworks.take(self._workspace, place, self._aside / kept.name)

    def keep(self) -> None:
        """Keep the framework caches that were taken: the build has succeeded."""
        for aside in self._aside.iterdir():
            frameworks.keep(aside, self._shelf.frameworks / aside.name)
        frameworks.drop_others(self._shelf.frameworks, self._kept.values())
        self._shelf.note_failures(0)

    def leave(self, *, has_failed: bool = False) -> None:
        """End the loan, however the build ended; also one of an earlier life."""
        self._take_packages()
        if self._is_open:
            if has_failed:
                # One that failed without them says that they are not the reason.
                is_warm = self.has_packages or self.has_modules or self._lent
                self._shelf.note_failures(self._shelf.failures() + 1 if is_warm else 0)
            try:
                self._modules.keep()
                self._bound()
            except OSError:
                log.info("caches were not kept", extra={"directory": str(self._shelf.directory)}, exc_info=True)
        self._modules.leave()
        remove_tree(self._aside)
        self._stamp.unlink(missing_ok=True)

    def _lend(self, kept: Path, place: str) -> bool:
        return frameworks.lend(kept, self._workspace, place, self._uid)

    def _take_packages(self) -> None:
        if self._returned is None:
            stamp = self._stamp.stat().st_ctime_ns if self._stamp.exists() else None
            self._returned = packages.take_back(self._workspace, self._shelf.packages, stamp)

    def _bound(self) -> None:
        unused: tuple[tuple[Path, int], ...] = ()
        packages_bytes = 0
        if self._returned is not None:
            unused = self._returned.unused
            packages_bytes = self._returned.size_bytes
        elif self._shelf.packages.is_dir():
            packages_bytes = size_of(self._shelf.packages)
        parts = [
            *unused,
            (self._shelf.modules, own_bytes(self._shelf.modules)),
            *frameworks.sizes(self._shelf.frameworks),
            (self._shelf.packages, packages_bytes - sum(size for _, size in unused)),
        ]
        dropped = to_drop(parts, self._limit_bytes)
        for path in dropped:
            remove_tree(path)
        self._shelf.note_size(sum(size for path, size in parts if path not in dropped))
