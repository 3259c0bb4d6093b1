"""Places: the directories in which frameworks and their tools keep what makes the next build faster."""

import posixpath

from thakur.builds.plan import Plan

_BELOW = (
    ".next/cache",
    "node_modules/.cache",
    "node_modules/.vite",
    "node_modules/.astro",
    ".angular/cache",
    ".turbo/cache",
    ".parcel-cache",
)


def framework_places(plan: Plan) -> tuple[str, ...]:
    """Relative to the source: below the application's directory and, in a monorepo, below those above it.

    A directory that holds the output is no cache, whatever its name is.
    """
    bases = dict.fromkeys((plan.root, plan.install_in, "."))
    output = posixpath.normpath(plan.output)
    names = [posixpath.join(base, name) for base in bases for name in _BELOW]
    if posixpath.basename(output) == "standalone":
        # Next.js writes where it is told, its cache too.
        names.append(posixpath.join(posixpath.dirname(output), "cache"))
    places = dict.fromkeys(posixpath.normpath(name) for name in names)
    return tuple(place for place in places if not _holds(place, output) and not place.startswith(".."))


def _holds(place: str, output: str) -> bool:
    return f"{output}/".startswith(f"{place}/")
