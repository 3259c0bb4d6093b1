"""Looking at a repository as a whole: what no event has told of its branches and pull requests is found here."""

import logging
from datetime import timedelta

from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, Installed, NotPermitted, PullRequest, PullRequests
from thakur.installations import Clients, Comments, Survey, Surveys, Tracks
from thakur.projects import Repositories
from thakur.webhooks.acting import production_of
from thakur.webhooks.previews.branches import Branches
from thakur.webhooks.previews.due import Found, due, left_alone
from thakur.webhooks.previews.pulls import Pulls

PULLS_HIDDEN = (
    "The App may not read pull requests, so forks have no previews and nothing is told there. "
    "Grant it Pull requests: write in its settings on GitHub, and accept that where it is installed."
)

log = logging.getLogger(__name__)


class Surveying:
    """The job of surveys."""

    def __init__(
        self,
        clients: Clients,
        surveys: Surveys,
        tracks: Tracks,
        comments: Comments,
        repositories: Repositories,
        branches: Branches,
        pulls: Pulls,
    ) -> None:
        self._clients = clients
        self._surveys = surveys
        self._tracks = tracks
        self._comments = comments
        self._repositories = repositories
        self._branches = branches
        self._pulls = pulls

    async def make(self, survey: Survey) -> None:
        """Look, and begin what is missing. Whatever goes wrong is told, and looked at again."""
        project_id = survey.connection.project_id
        try:
            kept, trouble = await self._make(survey)
        except GitHubUnavailable as error:
            again = timedelta(seconds=max(error.retry_seconds, 2.0))
            await self._surveys.done(survey, survey.left_alone, again, error.message)
        except ThakurError as error:
            log.warning("repository cannot be surveyed", extra={"project_id": project_id, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            await self._surveys.done(survey, survey.left_alone, trouble=trouble)
        else:
            await self._surveys.done(survey, kept, trouble=trouble)

    async def _make(self, survey: Survey) -> tuple[dict[str, str] | None, str]:
        connection = survey.connection
        production = production_of(connection, await self._repositories.of([connection.project_id]))
        tracks = await self._tracks.of([connection.project_id])
        if production is None:
            # What is followed there ends itself when it is looked at.
            await self._tracks.look_soon([each.id for each in tracks if not each.is_production])
            return survey.left_alone, ""
        installed = await self._clients.installed(connection.app, connection.installation_id)
        branches = await installed.branches(connection.repository_id)
        pulls, trouble = await _open_pulls(installed, connection.repository_id)
        found = Found(production, branches, pulls or (), tracks, survey.left_alone or {})
        kept = left_alone(survey.left_alone, found)
        wanted = due(connection.previews, found._replace(left_alone=kept))
        for branch in wanted.branches:
            await self._branches.begin(connection.project_id, branch)
        for pull in wanted.forks:
            await self._pulls.begin(connection, pull)
        await self._tracks.look_soon(wanted.looks)
        if pulls is not None:
            await self._look_at_pulls(survey, pulls)
        return kept, trouble

    async def _look_at_pulls(self, survey: Survey, pulls: list[PullRequest]) -> None:
        connection = survey.connection
        every = await self._comments.every([connection.project_id])
        told = {each.pull_request for each in every if each.is_open}
        is_open = {each.number for each in pulls if not each.is_fork} if connection.previews.is_on else set()
        forks = {each.number for each in pulls if each.is_fork}
        for number in sorted(told ^ is_open):
            if number not in forks:
                await self._pulls.look(connection, number)


async def _open_pulls(installed: Installed, repository_id: int) -> tuple[list[PullRequest] | None, str]:
    try:
        return await PullRequests(installed, repository_id).every_open(), ""
    except NotPermitted:
        return None, PULLS_HIDDEN
