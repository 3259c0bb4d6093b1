"""Which files of a repository with several packages an application may be built from. Pure.

A wrong yes costs a build, a wrong no leaves a change that does not go live: what cannot be told is a yes.
"""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

MANIFEST = "package.json"
# Each of these begins a package of its own, and so what is below it is no other package's.
MANIFESTS = frozenset(
    {MANIFEST, "deno.json", "go.mod", "Cargo.toml", "pyproject.toml", "composer.json", "Gemfile", "pom.xml", "mix.exs"}
)
# What is about a repository and not in what is built; only where it belongs to no package below the top.
PROSE = (".md", ".markdown", ".rst")
ABOUT = frozenset({".github", ".gitlab", ".vscode", ".idea", ".husky", ".changeset", ".devcontainer", ".circleci"})
_LOCAL = ("file:", "link:", "portal:", "workspace:")


class Manifest(msgspec.Struct, frozen=True):
    """What a package.json says of other packages."""

    name: str = ""
    dependencies: dict[str, str] = {}
    dev: dict[str, str] = msgspec.field(default={}, name="devDependencies")
    peer: dict[str, str] = msgspec.field(default={}, name="peerDependencies")
    optional: dict[str, str] = msgspec.field(default={}, name="optionalDependencies")

    def all(self) -> dict[str, str]:
        return {**self.peer, **self.optional, **self.dev, **self.dependencies}


def manifest_of(text: str) -> Manifest | None:
    """None when it cannot be read."""
    try:
        return msgspec.json.decode(text, type=Manifest)
    except (msgspec.MsgspecError, RecursionError):
        return None


def packages_in(paths: Iterable[str]) -> set[str]:
    """The directories of all packages; the repository's own is empty."""
    found = {posixpath.dirname(path) for path in paths if posixpath.basename(path) in MANIFESTS}
    return {each for each in found if "node_modules" not in each.split("/")}


def needed_by(root: str, manifests: Mapping[str, Manifest]) -> set[str]:
    """The packages that the application in `root` may import, by their directories, with those above it and its own."""
    by_name = {each.name: directory for directory, each in manifests.items() if each.name}
    left, found = [root, *_above(root)], set[str]()
    while left:
        directory = left.pop()
        if directory in found:
            continue
        found.add(directory)
        manifest = manifests.get(directory, Manifest())
        for name, spec in manifest.all().items():
            left += {by_name.get(name, directory), _local(directory, spec)} & manifests.keys()
    return found


def is_touched(changed: Collection[str], root: str, packages: Collection[str], needed: Collection[str]) -> bool:
    """Whether one of the changed files may be a part of what is built."""
    return any(_belongs(path, root, packages, needed) for path in changed)


def is_within(path: str, root: str) -> bool:
    """Whether the file is in the directory or below it."""
    return not root or path == root or path.startswith(f"{root}/")


def _belongs(path: str, root: str, packages: Collection[str], needed: Collection[str]) -> bool:
    if is_within(path, root):
        return True
    package = next((each for each in _above(path) if each in packages), "")
    if package and not is_within(root, package):
        return package in needed
    is_prose = path.lower().endswith(PROSE) or posixpath.basename(path).upper().startswith("LICENSE")
    return not is_prose and path.split("/", maxsplit=1)[0] not in ABOUT


def _above(path: str) -> Iterator[str]:
    while path:
        path = posixpath.dirname(path)
        yield path


def _local(directory: str, spec: str) -> str:
    kind = next((each for each in _LOCAL if spec.startswith(each)), None)
    if kind is None:
        return directory
    there = posixpath.normpath(posixpath.join(directory, spec.removeprefix(kind)))
    return "" if there == "." else there
