"""The job behind the queue `webhooks`: act on what was delivered, then look at what is due."""

import asyncio
import logging
from datetime import timedelta

from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable
from thakur.installations import Look, Seen, Survey, Surveys, Tracks
from thakur.webhooks.handling import Handling
from thakur.webhooks.heads import Heads
from thakur.webhooks.inbox import Inbox, Taken
from thakur.webhooks.previews.surveying import Surveying

# Shorter than the leases.
ACT_SECONDS = 25.0
RETRY_SECONDS = 5.0
# What took so long once takes as long again.
LATE_AGAIN = timedelta(minutes=1)
LATE = "GitHub takes too long to answer"

log = logging.getLogger(__name__)


class WebhookJobs:
    """`drain` may be called at any moment and by several at once; every act may happen twice."""

    def __init__(
        self, inbox: Inbox, handling: Handling, surveys: Surveys, surveying: Surveying, tracks: Tracks, heads: Heads
    ) -> None:
        self._inbox = inbox
        self._handling = handling
        self._surveys = surveys
        self._surveying = surveying
        self._tracks = tracks
        self._heads = heads

    async def drain(self) -> None:
        """Go on until nothing is due."""
        while (taken := await self._inbox.take()) is not None:
            await self._act(taken)
        while (survey := await self._surveys.claim()) is not None:
            await self._survey(survey)
        while (look := await self._tracks.claim()) is not None:
            await self._look(look)

    async def _survey(self, survey: Survey) -> None:
        try:
            async with asyncio.timeout(ACT_SECONDS):
                await self._surveying.make(survey)
        except TimeoutError:
            await self._surveys.done(survey, survey.left_alone, LATE_AGAIN, LATE)

    async def _look(self, look: Look) -> None:
        try:
            async with asyncio.timeout(ACT_SECONDS):
                await self._heads.look(look)
        except TimeoutError:
            await self._tracks.looked(look, Seen.of(look.track, trouble=LATE, again=LATE_AGAIN))

    async def _act(self, taken: Taken) -> None:
        try:
            async with asyncio.timeout(ACT_SECONDS):
                await self._handling.act(taken.app, taken.event)
        except GitHubUnavailable as error:
            await self._inbox.later(taken, error.retry_seconds, error.message)
        except ThakurError as error:
            await self._inbox.later(taken, RETRY_SECONDS, error.message)
        except Exception as error:  # the job's shell: one event that cannot be acted on must not keep the others
            log.exception("event could not be acted on", extra={"event": taken.event.name})
            await self._inbox.later(taken, RETRY_SECONDS, type(error).__name__)
        else:
            await self._inbox.done(taken)
