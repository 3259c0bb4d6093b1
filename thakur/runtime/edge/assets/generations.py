"""Generations: which artifacts were live until when, what each had, and which of them are still kept."""

import msgspec

KEPT_SECONDS = 7 * 24 * 3600.0
# Of one environment. Artifacts hold the same files, so most of it takes room only once they are removed.
KEPT_BYTES = 256 * 1024 * 1024
KEPT_NAMES = 50_000


class Generation(msgspec.Struct, frozen=True):
    """The assets of one artifact, which was live until then: the size of each file, by its name."""

    digest: str
    live_until: float
    sizes: dict[str, int]


class Generations(msgspec.Struct, frozen=True):
    """All that is kept of an environment, the newest first."""

    all: tuple[Generation, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(name for generation in self.all for name in generation.sizes)

    def with_newest(self, newest: Generation) -> "Generations":
        """The same with this one, which may have been live before."""
        others = tuple(generation for generation in self.all if generation.digest != newest.digest)
        return Generations((newest, *others))

    def at(self, now: float) -> "Generations":
        """Those that have their time still, as many as there is room for; the oldest go first."""
        sizes: dict[str, int] = {}
        kept: list[Generation] = []
        for generation in self.all:
            if generation.live_until + KEPT_SECONDS <= now:
                continue
            sizes |= generation.sizes
            if sum(sizes.values()) > KEPT_BYTES or len(sizes) > KEPT_NAMES:
                break
            kept.append(generation)
        return Generations(tuple(kept))
