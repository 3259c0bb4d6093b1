"""Sending: what is to be told reaches GitHub, sooner or later; nothing here ever holds up or fails a deployment."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from thakur.errors import ThakurError
from thakur.github import DeploymentState, GitHubUnavailable, StatusState
from thakur.installations.interface import Clients
from thakur.installations.models import ReportRow
from thakur.installations.reports import LocalReports

# How a commit is marked for each state of its deployment; one that was live stays a success.
STATUSES: dict[str, StatusState] = {
    "queued": "pending",
    "in_progress": "pending",
    "success": "success",
    "inactive": "success",
    "failure": "failure",
    "error": "error",
}
# What GitHub refuses now, it may take when somebody has granted a permission.
REFUSED_SECONDS = 60.0
# Shorter than the leases, or somebody else would send the same meanwhile.
SEND_SECONDS = 50.0

log = logging.getLogger(__name__)


class Sending:
    """The job behind the queue of reports; it may run twice, and several at once."""

    def __init__(self, reports: LocalReports, clients: Clients) -> None:
        self._reports = reports
        self._clients = clients

    async def drain(self) -> None:
        """Send until nothing is due."""
        while (row := await self._reports.claim()) is not None:
            try:
                async with in_time():
                    await self._send(row)
            except ThakurError as error:
                retry_seconds = error.retry_seconds if isinstance(error, GitHubUnavailable) else REFUSED_SECONDS
                log.warning(
                    "github could not be told",
                    extra={"project_id": row.project_id, "number": row.number, "reason": error.message},
                )
                await self._reports.failed(row, retry_seconds)
            else:
                await self._reports.sent(row)

    async def _send(self, row: ReportRow) -> None:
        client = await self._clients.installed(row.app_id, row.installation_id)
        deployment_id = row.deployment_id
        if deployment_id is None:
            what = f"{row.context} #{row.number}"
            deployment_id = await client.make_deployment(row.repository_id, row.sha, row.environment, what)
            await self._reports.made(row, deployment_id)
        told = {"description": row.description}
        urls = {"log_url": row.log_url, "environment_url": row.environment_url}
        state = cast("DeploymentState", row.state)
        shown = {name: url for name, url in urls.items() if url}
        await client.tell_deployment(row.repository_id, deployment_id, state, told | shown)
        target = {"target_url": row.environment_url or row.log_url}
        await client.tell_commit(row.repository_id, row.sha, row.context, STATUSES[state], told | target)


@asynccontextmanager
async def in_time() -> AsyncIterator[None]:
    """Raises GitHubUnavailable when the block outlasts what it was claimed for."""
    try:
        async with asyncio.timeout(SEND_SECONDS):
            yield
    except TimeoutError as error:
        raise GitHubUnavailable("it takes too long to answer", REFUSED_SECONDS) from error
