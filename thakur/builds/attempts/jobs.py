"""The job behind the queue `builds`: claim a build, run it to an end, say so, until there is none left."""

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.endings import Endings
from thakur.builds.attempts.leftovers import Leftovers
from thakur.builds.failures import INTERNAL, explanation
from thakur.builds.interface import ArtifactConsumer, ArtifactReady, Build, BuildFailed, Failure
from thakur.builds.pipeline import Pipeline
from thakur.db import DatabaseUnavailable
from thakur.errors import ThakurError
from thakur.logs import Entry, Logs

# How long a build that is done waits for the database to hear of it, and how often it tries.
WRITE_SECONDS = 60.0
RETRY_SECONDS = 0.5
# A build waits so long for the one that it takes the place of: their project's cache is in there.
HANDOVER_SECONDS = 5.0

log = logging.getLogger(__name__)

Result = TypeVar("Result")


def worker_name(data_dir: Path) -> str:
    """Who claims builds here: the same name after a restart, and another one for each data directory."""
    return f"{socket.gethostname()}:{data_dir}"


class BuildJobs:
    """`drain` may be called at any moment and by several at once; each call runs one build at a time.

    `renew` and `sweep` are called at every wake and every second beside that, each by one.
    """

    def __init__(
        self,
        claims: Claims,
        leftovers: Leftovers,
        pipeline: Pipeline,
        logs: Logs,
        endings: Endings,
        consumer: ArtifactConsumer,
    ) -> None:
        self._claims = claims
        self._leftovers = leftovers
        self._pipeline = pipeline
        self._logs = logs
        self._endings = endings
        self._consumer = consumer
        self._running: set[Attempt] = set()
        self._claiming = asyncio.Lock()
        self._is_recovered = False
        self._unheard: set[int] = set()

    async def drain(self) -> None:
        """Run builds until nothing is eligible."""
        await self._recover()
        while (attempt := await self._claim()) is not None:
            try:
                await self._run(attempt)
            finally:
                self._running.discard(attempt)
                attempt.over.set()

    async def renew(self) -> None:
        """Keep what runs here; what is no longer this worker's ends at once."""
        attempts = list(self._running)
        if not attempts:
            return
        held = await self._claims.renew(attempts)
        for attempt in attempts:
            if attempt.build.id not in held:
                attempt.lose()

    async def sweep(self) -> bool:
        """Take up what others left undone; whether a build waits again because of that."""
        await self._recover()
        running = {attempt.build.id for attempt in self._running}
        waiting = await self._leftovers.requeue(running)
        for build in waiting:
            log.warning("build was interrupted", extra={"build_id": build.id, "attempt": build.attempt})
        for build in await self._leftovers.take_ended():
            await self._endings.close(build)
        for build in await self._leftovers.unannounced():
            await self._announce(build)
        return bool(waiting)

    async def _recover(self) -> None:
        async with self._claiming:
            if self._is_recovered:
                return
            await self._pipeline.recover()
            await self._leftovers.requeue((), is_start=True)
            for build in await self._leftovers.take_ended(is_start=True):
                await self._endings.close(build)
            self._is_recovered = True

    async def _claim(self) -> Attempt | None:
        # Between the claim and the note that it runs here, nobody may take it for one that a dead worker left.
        async with self._claiming:
            build = await self._claims.claim()
            if build is None:
                return None
            attempt = Attempt(build)
            self._running.add(attempt)
            return attempt

    async def _run(self, attempt: Attempt) -> None:
        build = attempt.build
        log.info("build begins", extra={"build_id": build.id, "attempt": build.attempt})
        try:
            outcome = await attempt.carry(self._take_turn(attempt))
            if outcome is None:
                await self._step_aside(attempt)
            else:
                await self._succeed(attempt, outcome)
        except asyncio.CancelledError:
            with suppress(DatabaseUnavailable):
                await asyncio.shield(self._claims.release(build))
            raise
        except BuildFailed as error:
            await self._fail(attempt, error.failure)
        except DatabaseUnavailable:
            log.warning("build goes on when the database is back", extra={"build_id": build.id})
        except ThakurError as error:
            failure = Failure(code=error.code, what=error.message, next=error.hint)
            await self._fail(attempt, failure, unsaid=explanation(failure))
        except Exception:  # the job's shell: a bug in one build must not stop the others
            log.exception("build failed by a bug", extra={"build_id": build.id})
            await self._fail(attempt, INTERNAL, unsaid=explanation(INTERNAL))

    async def _take_turn(self, attempt: Attempt) -> Outcome:
        for other in list(self._running):
            if other is not attempt and other.build.environment_id == attempt.build.environment_id:
                with suppress(TimeoutError):
                    async with asyncio.timeout(HANDOVER_SECONDS):
                        await other.over.wait()
        return await self._pipeline.run(attempt)

    async def _succeed(self, attempt: Attempt, outcome: Outcome) -> None:
        done = await _surely(lambda: self._claims.finish(attempt, outcome))
        if done is None:
            await self._step_aside(attempt)
        else:
            await self._announce(done)

    async def _fail(self, attempt: Attempt, failure: Failure, unsaid: Sequence[Entry] = ()) -> None:
        if await _surely(lambda: self._claims.fail(attempt, failure)):
            log.info("build failed", extra={"build_id": attempt.build.id, "code": failure.code})
            if unsaid:
                await self._logs.append(attempt.build.log_stream_id, unsaid)
        await self._step_aside(attempt)

    async def _step_aside(self, attempt: Attempt) -> None:
        # A build that waits again, or runs elsewhere, still needs its log and its upload.
        ended = await self._claims.ended(attempt.build)
        if ended is None:
            log.info("build was taken away", extra={"build_id": attempt.build.id, "attempt": attempt.build.attempt})
            return
        log.info("build has ended", extra={"build_id": ended.id, "status": ended.status})
        await self._endings.close(ended)

    async def _announce(self, build: Build) -> None:
        try:
            await self._consumer.artifact_ready(_ready(build))
            await self._endings.forget_upload(build)
            await self._claims.announced(build)
        except Exception:  # the job's shell: it is told again by the next sweep
            if build.id not in self._unheard:
                log.exception("artifact could not be handed over", extra={"build_id": build.id})
            self._unheard.add(build.id)
        else:
            self._unheard.discard(build.id)


async def _surely(write: Callable[[], Awaitable[Result]]) -> Result:
    # What may be written twice: after a lost connection nobody knows whether it was written once.
    end = asyncio.get_running_loop().time() + WRITE_SECONDS
    while True:
        try:
            return await write()
        except DatabaseUnavailable:
            if asyncio.get_running_loop().time() > end:
                raise
            await asyncio.sleep(RETRY_SECONDS)


def _ready(build: Build) -> ArtifactReady:
    assert build.artifact_id is not None
    return ArtifactReady(
        project_id=build.project_id,
        environment_id=build.environment_id,
        number=build.number,
        build_id=build.id,
        artifact_id=build.artifact_id,
        log_stream_id=build.log_stream_id,
        branch=build.source.ref,
        requested_by=build.requested_by,
    )
