"""Sending comments: one that a person removed comes back once, and nothing here ever holds up or fails a deployment."""

import logging

from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, NotThere, PullRequests
from thakur.installations.comments import LocalComments
from thakur.installations.interface import Clients
from thakur.installations.models import CommentRow
from thakur.installations.sending import REFUSED_SECONDS, in_time

log = logging.getLogger(__name__)


class Commenting:
    """The job behind the queue of comments; it may run twice, and several at once."""

    def __init__(self, comments: LocalComments, clients: Clients) -> None:
        self._comments = comments
        self._clients = clients

    async def drain(self) -> None:
        """Send until nothing is due."""
        while (row := await self._comments.claim()) is not None:
            try:
                async with in_time():
                    await self._send(row)
            except ThakurError as error:
                retry_seconds = error.retry_seconds if isinstance(error, GitHubUnavailable) else REFUSED_SECONDS
                extra = {"project_id": row.project_id, "pull_request": row.pull_request, "reason": error.message}
                log.warning("pull request could not be told", extra=extra)
                await self._comments.failed(row, retry_seconds)
            else:
                await self._comments.sent(row)

    async def _send(self, row: CommentRow) -> None:
        installed = await self._clients.installed(row.app_id, row.installation_id)
        pulls = PullRequests(installed, row.repository_id)
        is_remade = row.is_remade
        if row.comment_id is not None:
            try:
                await pulls.change_comment(row.comment_id, row.body)
            except NotThere:
                if is_remade:
                    # Somebody does not want it.
                    return
                is_remade = True
            else:
                return
        # It may be there already: its id is lost when the answer to what made it is.
        app = await self._clients.app(row.app_id)
        comment_id = await pulls.comment_of(row.pull_request, app.key.app_id, marker_of(row.body))
        if comment_id is None:
            comment_id = await pulls.comment(row.pull_request, row.body)
        else:
            await pulls.change_comment(comment_id, row.body)
        await self._comments.made(row, comment_id, is_remade=is_remade)


def marker_of(body: str) -> str:
    """By what a comment is known: its first line, which nobody sees."""
    return body.partition("\n")[0]
