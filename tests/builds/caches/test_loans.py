"""What builds have of their project's caches, and what they leave of them."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from support.users import NORMAL_UID, in_a_child
from thakur.builds import Plan
from thakur.builds.caches.loans import Loan
from thakur.builds.caches.shelf import Shelf

PLAN = Plan(framework="Next.js", kind="server", output=".next/standalone")
PACKAGES = ".thakur-cache"
INDEX = "bun/left-pad@1.3.0@@@1/index.js"


class Builds:
    """Builds of one project, without the commands."""

    def __init__(self, directory: Path, limit_bytes: int = 10**9) -> None:
        self.shelf = Shelf(directory / "cache")
        self._directory = directory
        self._limit_bytes = limit_bytes
        self._numbers = 0

    def begin(self, plan: Plan = PLAN, *, is_fresh: bool = False) -> tuple[Loan, Path]:
        self._numbers += 1
        workspace = self._directory / f"{self._numbers}-1"
        workspace.mkdir()
        loan = Loan(self.shelf, workspace, None, self._limit_bytes)
        loan.open(plan, is_fresh=is_fresh)
        return loan, workspace

    def succeed(self, loan: Loan) -> None:
        loan.take()
        loan.keep()
        loan.leave()

    def once(self, cached: str = "first", plan: Plan = PLAN) -> None:
        """One build that succeeds and writes a framework cache and a package."""
        loan, workspace = self.begin(plan)
        install(workspace)
        loan.installed()
        loan.lend_frameworks()
        write(workspace / ".next/cache/pack", cached)
        self.succeed(loan)

    def cached(self) -> str:
        """What the next build is lent."""
        loan, workspace = self.begin()
        loan.lend_frameworks()
        cached = workspace / ".next/cache/pack"
        text = cached.read_text() if cached.exists() else ""
        loan.leave()
        return text


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def fetch(workspace: Path, name: str) -> Path:
    """As bun does: unpack beside the cache and move it in."""
    package = workspace / PACKAGES / "bun" / name
    if not package.exists():
        write(workspace / PACKAGES / "unpacking/index.js", "pad")
        package.parent.mkdir(exist_ok=True)
        (workspace / PACKAGES / "unpacking").rename(package)
    return package / "index.js"


def install(workspace: Path) -> Path:
    """As bun does: fetch, and link from there."""
    package = fetch(workspace, "left-pad@1.3.0@@@1")
    installed = workspace / "node_modules/left-pad/index.js"
    installed.parent.mkdir(parents=True)
    installed.hardlink_to(package)
    return installed


def let_the_clock_tick(directory: Path) -> None:
    """File systems keep time in ticks of some milliseconds; a build begins later than that."""
    probe = directory.with_name("probe")
    probe.touch()
    begin = probe.stat().st_ctime_ns
    while probe.stat().st_ctime_ns == begin:
        probe.touch()
    probe.unlink()


@pytest.fixture
def builds(tmp_path: Path) -> Builds:
    return Builds(tmp_path)


def test_packages_and_framework_caches_go_from_build_to_build(builds: Builds) -> None:
    builds.once()

    loan, workspace = builds.begin()

    assert loan.has_packages
    assert (workspace / PACKAGES / INDEX).read_text() == "pad"
    assert (workspace / PACKAGES / ".gitignore").read_text() == "*\n"
    assert loan.lend_frameworks() == [".next/cache"]
    assert (workspace / ".next/cache/pack").read_text() == "first"


def test_what_is_packed_holds_no_cache(builds: Builds) -> None:
    loan, workspace = builds.begin()
    write(workspace / ".next/cache/pack", "x")
    write(workspace / "node_modules/.cache/babel/x", "x")

    loan.take()

    assert sorted(str(path.relative_to(workspace)) for path in workspace.rglob("*")) == [".next", "node_modules"]


@pytest.mark.parametrize("has_failed", [True, False], ids=["failed", "canceled"])
@pytest.mark.parametrize("is_taken", [True, False], ids=["while packing", "while building"])
def test_a_build_that_does_not_succeed_leaves_framework_caches_as_they_were(
    builds: Builds, has_failed: bool, is_taken: bool
) -> None:
    builds.once("good")
    loan, workspace = builds.begin()
    loan.lend_frameworks()
    with (workspace / ".next/cache/pack").open("r+") as file:
        file.write("evil")
    write(workspace / "node_modules/.cache/evil", "evil")
    if is_taken:
        loan.take()

    loan.leave(has_failed=has_failed)

    assert builds.cached() == "good"
    assert [path.name for path in builds.shelf.frameworks.iterdir()] == ["Next.js%3A.next%2Fcache"]


@pytest.mark.parametrize("has_succeeded", [True, False])
def test_a_package_that_the_build_wrote_into_is_fetched_again(builds: Builds, has_succeeded: bool) -> None:
    builds.once()
    loan, workspace = builds.begin()
    installed = install(workspace)
    fetch(workspace, "ms@2.1.3@@@1")
    loan.installed()
    let_the_clock_tick(workspace)
    before = installed.stat()
    with installed.open("r+") as file:
        file.write("bad")
    # Whoever sets the time back does not set back the inode's own.
    os.utime(installed, ns=(before.st_atime_ns, before.st_mtime_ns))

    if has_succeeded:
        builds.succeed(loan)
    loan.leave(has_failed=not has_succeeded)

    assert [path.name for path in (builds.shelf.packages / "bun").iterdir()] == ["ms@2.1.3@@@1"]


def test_a_package_that_a_script_wrote_into_while_installing_is_fetched_again(builds: Builds) -> None:
    loan, workspace = builds.begin()
    installed = install(workspace)
    arrived = (workspace / PACKAGES / INDEX).parent.stat().st_ctime_ns
    installed.write_text("patched")
    os.utime(installed, ns=(arrived + 10**9, arrived + 10**9))
    loan.installed()

    builds.succeed(loan)

    assert not list((builds.shelf.packages / "bun").iterdir())


def test_a_package_that_the_build_itself_fetched_is_kept(builds: Builds) -> None:
    loan, workspace = builds.begin()
    loan.installed()
    install(workspace)

    builds.succeed(loan)

    assert (builds.shelf.packages / INDEX).exists()


def test_two_builds_at_once_share_nothing(builds: Builds) -> None:
    builds.once("before")
    first, first_place = builds.begin()
    second, second_place = builds.begin()
    for loan, workspace, text in ((first, first_place, "first"), (second, second_place, "second")):
        assert loan.lend_frameworks() == [".next/cache"]
        (workspace / ".next/cache/pack").write_text(text)
        write(workspace / PACKAGES / f"bun/{text}.npm", text)
    assert first.has_packages
    assert not second.has_packages

    builds.succeed(first)
    builds.succeed(second)

    assert builds.cached() == "second"
    assert (builds.shelf.packages / "bun/first.npm").exists()
    assert not (builds.shelf.packages / "bun/second.npm").exists()


def test_a_link_in_the_place_of_a_cache_is_neither_followed_nor_kept(builds: Builds, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    write(outside / "bun/a@1.0.0@@@1/index.js", "outside")
    loan, workspace = builds.begin()
    (workspace / PACKAGES).rename(workspace / "moved")
    (workspace / PACKAGES).symlink_to(outside)
    (workspace / ".next").mkdir()
    (workspace / ".next/cache").symlink_to(outside)
    (workspace / "node_modules").symlink_to(outside)
    (outside / ".cache").mkdir()

    builds.succeed(loan)

    assert not builds.shelf.packages.exists()
    assert not list(builds.shelf.frameworks.iterdir())
    assert (outside / "bun/a@1.0.0@@@1/index.js").exists()
    assert (outside / ".cache").is_dir()


def test_nothing_is_lent_through_a_link(builds: Builds, tmp_path: Path) -> None:
    builds.once()
    outside = tmp_path / "outside"
    outside.mkdir()
    loan, workspace = builds.begin()
    (workspace / ".next").symlink_to(outside)

    assert loan.lend_frameworks() == []
    assert not list(outside.iterdir())


def test_what_the_source_brings_stays_where_it_is(builds: Builds) -> None:
    builds.once()
    loan, workspace = builds.begin()
    loan.leave()
    write(workspace / ".next/cache/pack", "from the source")
    brought = Loan(builds.shelf, workspace, None)
    brought.open(PLAN, is_fresh=False)

    assert brought.lend_frameworks() == []
    builds.succeed(brought)

    assert (workspace / ".next/cache/pack").read_text() == "from the source"


def test_a_fresh_build_has_packages_and_replaces_the_rest(builds: Builds) -> None:
    builds.once("old")
    loan, workspace = builds.begin(is_fresh=True)

    assert loan.has_packages
    assert loan.lend_frameworks() == []
    write(workspace / ".next/cache/pack", "new")
    builds.succeed(loan)

    assert builds.cached() == "new"


def test_another_framework_begins_without_the_caches_of_the_last(builds: Builds) -> None:
    builds.once()
    loan, _ = builds.begin(Plan(framework="Vite", kind="static", output="dist"))

    assert loan.lend_frameworks() == []
    builds.succeed(loan)

    assert not list(builds.shelf.frameworks.iterdir())


def fail(builds: Builds) -> Loan:
    loan, workspace = builds.begin()
    loan.lend_frameworks()
    install(workspace)
    loan.installed()
    loan.leave(has_failed=True)
    return loan


def test_after_two_failures_one_build_begins_with_nothing(builds: Builds) -> None:
    builds.once()

    loans = [fail(builds) for _ in range(5)]

    assert [loan.has_packages for loan in loans] == [True, True, False, True, True]
    assert [loan.lend_frameworks() for loan in loans[:3]] == [[".next/cache"], [".next/cache"], []]


def test_a_success_between_failures_clears_the_caches_of_suspicion(builds: Builds) -> None:
    builds.once()
    fail(builds)
    builds.once()

    assert fail(builds).has_packages
    assert not builds.begin()[0].is_suspected


def test_what_was_cleared_while_a_build_ran_does_not_come_back(builds: Builds) -> None:
    builds.once()
    loan, workspace = builds.begin()
    loan.lend_frameworks()
    install(workspace)
    loan.installed()

    assert builds.shelf.clear() > 0
    builds.succeed(loan)

    assert not builds.shelf.directory.exists()
    assert builds.shelf.clear() == 0


def test_the_size_is_what_lies_there(builds: Builds) -> None:
    loan, workspace = builds.begin()
    install(workspace)
    write(workspace / ".next/cache/pack", "x" * 1_000_000)
    write(workspace / PACKAGES / "transpiled/a.pile", "x" * 1_000_000)
    builds.succeed(loan)

    assert 2_000_000 < builds.shelf.size_bytes() < 2_100_000


def test_what_no_build_needs_goes_first_when_it_is_too_much(tmp_path: Path) -> None:
    builds = Builds(tmp_path, limit_bytes=2_100_000)
    loan, workspace = builds.begin()
    install(workspace)
    write(workspace / ".next/cache/pack", "x" * 1_000_000)
    write(workspace / PACKAGES / "bun/@old/thing@1.0.0@@@1/index.js", "x" * 2_000_000)
    builds.succeed(loan)

    assert [path.name for path in (builds.shelf.packages / "bun").iterdir() if any(path.iterdir())] == [
        "left-pad@1.3.0@@@1"
    ]
    assert builds.cached()
    assert builds.shelf.size_bytes() < 2_100_000


MANIFEST = '{"dependencies": {"left-pad": "1.3.0"}}'
LOCKED = Plan(framework="Next.js", kind="server", output=".next/standalone", install=("bun", "install"))


def begin_locked(builds: Builds, lock: str = "lock", *, is_fresh: bool = False) -> tuple[Loan, Path]:
    """A build of a source with a lockfile, up to where it has installed."""
    loan, workspace = builds.begin(LOCKED)
    loan.leave()
    write(workspace / "package.json", MANIFEST)
    write(workspace / "bun.lock", lock)
    loan = Loan(builds.shelf, workspace, None)
    loan.open(LOCKED, is_fresh=is_fresh)
    if not loan.has_modules:
        install(workspace)
    loan.installed()
    let_the_clock_tick(workspace)
    return loan, workspace


def are_kept(builds: Builds) -> bool:
    loan, workspace = begin_locked(builds)
    has_modules = loan.has_modules
    if has_modules:
        assert (workspace / "node_modules/left-pad/index.js").read_text() == "pad"
    loan.leave()
    return has_modules


@pytest.mark.parametrize("has_failed", [False, True])
def test_packages_stay_installed_while_no_build_writes_to_them(builds: Builds, has_failed: bool) -> None:
    for _ in range(2):
        loan, workspace = begin_locked(builds)
        write(workspace / "node_modules/.vite-temp/config.mjs", "x")
        write(workspace / "node_modules/.cache/x", "x")
        if not has_failed:
            loan.take()
            loan.keep()
        loan.leave(has_failed=has_failed)
        assert not (workspace / "node_modules").exists()

    assert are_kept(builds)
    kept = next(builds.shelf.modules.iterdir())
    assert [str(path.relative_to(kept)) for path in kept.rglob("*")] == [
        "node_modules",
        "node_modules/left-pad",
        "node_modules/left-pad/index.js",
    ]


def overwrite(modules: Path) -> None:
    (modules / "left-pad/index.js").write_text("bad")


def replace(modules: Path) -> None:
    (modules / "left-pad/new").write_text("pad")
    (modules / "left-pad/new").rename(modules / "left-pad/index.js")


def add(modules: Path) -> None:
    (modules / "added").mkdir()


def drop(modules: Path) -> None:
    (modules / "left-pad").rename(modules.parent / "left-pad")


@pytest.mark.parametrize("change", [overwrite, replace, add, drop])
@pytest.mark.parametrize("has_failed", [False, True])
def test_packages_that_a_build_changed_are_installed_again(
    builds: Builds, change: Callable[[Path], None], has_failed: bool
) -> None:
    loan, workspace = begin_locked(builds)
    change(workspace / "node_modules")

    loan.leave(has_failed=has_failed)

    assert not are_kept(builds)


def test_packages_whose_scripts_may_look_at_the_project_are_installed_again(builds: Builds) -> None:
    loan, workspace = builds.begin(LOCKED)
    loan.leave()
    write(workspace / "package.json", MANIFEST)
    write(workspace / "bun.lock", "lock")
    loan = Loan(builds.shelf, workspace, None)
    loan.open(LOCKED, is_fresh=False)
    install(workspace)
    write(workspace / "node_modules/client/package.json", '{"name": "client", "scripts": {"postinstall": "generate"}}')
    loan.installed()
    loan.leave()

    assert not are_kept(builds)


def test_after_two_failures_packages_are_installed_again(builds: Builds) -> None:
    had = []
    for _ in range(4):
        loan, _ = begin_locked(builds)
        had.append(loan.has_modules)
        loan.leave(has_failed=True)

    assert had == [False, True, True, False]


def test_other_dependencies_and_fresh_builds_are_installed(builds: Builds) -> None:
    begin_locked(builds)[0].leave()

    assert not begin_locked(builds, "another")[0].has_modules
    assert not begin_locked(builds, is_fresh=True)[0].has_modules


def test_only_the_newest_packages_stay_installed(builds: Builds) -> None:
    begin_locked(builds)[0].leave()
    begin_locked(builds, "another")[0].leave()

    assert len(list(builds.shelf.modules.iterdir())) == 1
    assert not are_kept(builds)


def test_an_installation_that_did_not_end_is_not_kept(builds: Builds) -> None:
    loan, workspace = builds.begin(LOCKED)
    loan.leave()
    write(workspace / "package.json", MANIFEST)
    write(workspace / "bun.lock", "lock")
    loan = Loan(builds.shelf, workspace, None)
    loan.open(LOCKED, is_fresh=False)
    install(workspace)

    loan.leave(has_failed=True)

    assert not are_kept(builds)


def test_packages_that_went_into_the_artifact_are_not_kept(builds: Builds) -> None:
    loan, workspace = begin_locked(builds)
    loan.take()
    workspace.rename(workspace.with_name("artifact"))
    loan.keep()
    loan.leave()

    assert not are_kept(builds)


async def close_directories(place: str) -> tuple[bool, str]:
    builds = Builds(Path(place))
    builds.once("kept")
    loan, workspace = begin_locked(builds)
    loan.lend_frameworks()
    for closed in (".next/cache", ".next", "node_modules/left-pad", "node_modules", f"{PACKAGES}/bun", PACKAGES, "."):
        (workspace / closed).mkdir(exist_ok=True)
        (workspace / closed).chmod(0)
    builds.succeed(loan)
    return builds.begin()[0].has_packages, builds.cached()


async def test_a_build_that_closes_directories_to_its_own_user_spoils_nothing() -> None:
    # Root may enter everything, and pytest's own directories are closed to others.
    uid = NORMAL_UID if os.geteuid() == 0 else os.geteuid()
    with tempfile.TemporaryDirectory() as place:
        os.chown(place, uid, uid if os.geteuid() == 0 else -1)

        has_packages, cached = await in_a_child(uid, close_directories, place)

    assert not has_packages
    assert cached == "kept"
