"""Sources: which directories of an artifact visitors see, and where."""

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from thakur.builds import Plan
from thakur.proxy import may_be_hashed

# A server's own, which it serves at this prefix as they are: Next.js, Nuxt, SvelteKit, Astro.
SERVED = (
    (".next/static", "_next/static"),
    ("public/_nuxt", "_nuxt"),
    (".output/public/_nuxt", "_nuxt"),
    ("client/_app/immutable", "_app/immutable"),
    ("build/client/_app/immutable", "_app/immutable"),
    ("client/_astro", "_astro"),
    ("dist/client/_astro", "_astro"),
)


class Source(msgspec.Struct, frozen=True):
    """A directory that is seen at `prefix`; one with a suffix holds the compressed forms of that name."""

    directory: Path
    prefix: str = ""
    suffix: str = ""

    def names(self) -> dict[str, int]:
        """The size of each file that is named by its content, by the name that it is asked for with. Blocking."""
        # Next.js names its manifests by the build, which may have one name for ever.
        return {
            name: size for name, size in self._files("") if may_be_hashed(name) and not name.endswith("Manifest.js")
        }

    def path(self, name: str) -> Path:
        """Where the file of this name lies."""
        return self.directory / name.removeprefix(self.prefix).lstrip("/")

    def _files(self, below: str) -> Iterator[tuple[str, int]]:
        with os.scandir(self.directory / below) as entries:
            for entry in entries:
                name = f"{below}{entry.name}"
                if entry.name.startswith(".") or not name.isprintable():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    yield from self._files(f"{name}/")
                elif entry.is_file(follow_symlinks=False):
                    yield f"{self.prefix}/{name}".lstrip("/"), entry.stat(follow_symlinks=False).st_size


def sources(artifact: Path, plan: Plan) -> list[Source]:
    """Those that are there."""
    if plan.kind == "static":
        return [Source(place, suffix=suffix) for suffix, place in forms(artifact).items()]
    base = artifact / plan.start_in
    found = [Source(base / directory, prefix) for directory, prefix in SERVED]
    return [source for source in found if source.directory.is_dir()]


def forms(place: Path) -> dict[str, Path]:
    """The directory, and those beside it that hold compressed forms of its files, by what is added to its name."""
    found = [place, *sorted(place.parent.glob(f"{place.name}.*"))]
    return {path.name.removeprefix(place.name): path for path in found if path.is_dir()}
