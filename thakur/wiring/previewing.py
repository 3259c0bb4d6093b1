"""Previews: which branches and pull requests have one, and what is told of them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from thakur.installations.commenting import Commenting
from thakur.webhooks.previews.asking import LocalPreviews
from thakur.webhooks.previews.branches import Branches
from thakur.webhooks.previews.pulls import Pulls
from thakur.webhooks.previews.standing import Standings
from thakur.webhooks.previews.strays import Strays
from thakur.webhooks.previews.surveying import Surveying
from thakur.webhooks.previews.telling import Telling

if TYPE_CHECKING:
    from thakur.wiring.core import Core


@dataclass(frozen=True, slots=True)
class Previewing:
    """Everything of previews but the look at each one, which is as that at production."""

    previews: LocalPreviews
    branches: Branches
    pulls: Pulls
    surveying: Surveying
    strays: Strays
    telling: Telling
    commenting: Commenting


def wire_previewing(core: "Core") -> Previewing:
    """Make them."""
    github = core.github
    clients, tracks, surveys, comments = github.clients, github.tracks, github.surveys, github.comments
    environments, repositories = core.environments, core.repositories
    branches = Branches(tracks)
    pulls = Pulls(clients, tracks, comments, environments, repositories)
    standings = Standings(tracks, core.projects, environments, core.builds, core.runtime, core.addresses.url)

    def link(project: str, number: int | None) -> str:
        page = f"{core.settings.dashboard}/projects/{project}"
        return f"{page}/previews" if number is None else f"{page}/deployments/{number}"

    return Previewing(
        previews=LocalPreviews(
            core.projects, repositories, environments, github.connections, tracks, surveys, branches, standings
        ),
        branches=branches,
        pulls=pulls,
        surveying=Surveying(clients, surveys, tracks, comments, repositories, branches, pulls),
        strays=Strays(tracks, environments),
        telling=Telling(comments, standings, link),
        commenting=Commenting(comments, clients),
    )
