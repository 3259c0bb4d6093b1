"""What the pages of a project show of the repository that it follows."""

from collections.abc import Sequence

import msgspec

from thakur.api.interface import ApiServices
from thakur.installations import Filters, Held, Track
from thakur.projects import Project


class HeldBack(msgspec.Struct, frozen=True):
    """A commit that is not built, and where it would be deployed."""

    environment: str
    commit: Held


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """A repository on GitHub, what holds its pushes back, and those that are held; `trouble` is why it cannot be asked."""

    repository: str
    filters: Filters
    held: tuple[HeldBack, ...] = ()
    trouble: str = ""


async def following_of(services: ApiServices, project: Project) -> Following | None:
    """None where it follows no repository, or builds from another by now."""
    tracks = await services.tracks.of([project.id])
    repository = (await services.repositories.of([project.id])).get(project.id)
    if not tracks or repository is None or tracks[0].connection.url != repository.url:
        return None
    return Following(
        repository=tracks[0].connection.full_name,
        filters=tracks[0].connection.filters,
        held=_held(tracks),
        trouble=next((each.trouble for each in tracks if each.trouble), ""),
    )


def _held(tracks: Sequence[Track]) -> tuple[HeldBack, ...]:
    return tuple(HeldBack(each.label, each.held) for each in tracks if each.held is not None)
