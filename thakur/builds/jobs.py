"""The job behind the queue `builds`: claim a build, run it to an end, say so, until there is none left."""

import asyncio
import logging
import socket
from contextlib import suppress
from pathlib import Path

from thakur.background import Tasks
from thakur.builds.claims import ATTEMPTS, Claims
from thakur.builds.failures import INTERNAL, INTERRUPTED, say
from thakur.builds.interface import ArtifactConsumer, ArtifactReady, Build, BuildFailed, Failure
from thakur.builds.pipeline import Pipeline, Progress
from thakur.builds.uploads import Uploads
from thakur.db import DatabaseUnavailable
from thakur.errors import ThakurError
from thakur.logs import Logs, StreamNotFound

log = logging.getLogger(__name__)

HELD_EVERY_SECONDS = 1.0


def worker_name(data_dir: Path) -> str:
    """Who claims builds here: the same name after a restart, and another one for each data directory."""
    return f"{socket.gethostname()}:{data_dir}"


class BuildJobs:
    """`drain` may be called at any moment and by several at once; each call runs one build at a time."""

    def __init__(
        self,
        claims: Claims,
        pipeline: Pipeline,
        logs: Logs,
        uploads: Uploads,
        consumer: ArtifactConsumer,
    ) -> None:
        self._claims = claims
        self._pipeline = pipeline
        self._logs = logs
        self._uploads = uploads
        self._consumer = consumer
        self._running: set[int] = set()
        self._claiming = asyncio.Lock()
        self._is_recovered = False

    async def drain(self) -> None:
        """Run builds until nothing is eligible; then tell of those that nobody heard of."""
        await self._recover()
        while (build := await self._claim()) is not None:
            try:
                await self._run(build)
            finally:
                self._running.discard(build.id)
        await self._tell_again()

    async def _recover(self) -> None:
        async with self._claiming:
            if not self._is_recovered:
                await asyncio.to_thread(self._pipeline.recover)
                self._is_recovered = True
            lost = await self._claims.lost(frozenset(self._running))
        for build in lost:
            if build.attempt < ATTEMPTS:
                await self._claims.release(build)
            else:
                await self._explain(build, INTERRUPTED)
                await self._fail(build, INTERRUPTED, Progress())

    async def _claim(self) -> Build | None:
        # Between the claim and the note that it runs here, nobody may take it for one that a dead worker left.
        async with self._claiming:
            build = await self._claims.claim()
            if build is not None:
                self._running.add(build.id)
        return build

    async def _tell_again(self) -> None:
        # A build that another drain has just finished is told of there.
        running = frozenset(self._running)
        for ready in await self._claims.unannounced():
            if ready.build_id not in running | self._running:
                await self._announce(ready)

    async def _run(self, build: Build) -> None:
        progress = Progress()
        log.info("build begins", extra={"build_id": build.id, "attempt": build.attempt})
        try:
            await self._carry_out(build, progress)
        except asyncio.CancelledError:
            await asyncio.shield(self._claims.release(build))
            raise
        except BuildFailed as error:
            await self._fail(build, error.failure, progress)
        except DatabaseUnavailable:
            log.warning("build goes on when the database is back", extra={"build_id": build.id})
        except ThakurError as error:
            failure = Failure(code=error.code, what=error.message, next=error.hint)
            await self._explain(build, failure)
            await self._fail(build, failure, progress)
        except Exception:  # the job's shell: a bug in one build must not stop the others
            log.exception("build failed by a bug", extra={"build_id": build.id})
            await self._explain(build, INTERNAL)
            await self._fail(build, INTERNAL, progress)

    async def _carry_out(self, build: Build, progress: Progress) -> None:
        watchers = Tasks()
        try:
            async with asyncio.timeout(None) as hold:
                watchers.spawn(self._watch(build, hold), f"watch build {build.id}")
                outcome = await self._pipeline.run(build, progress)
        except TimeoutError:
            if not hold.expired():
                raise
            await self._end(build)
            return
        finally:
            await watchers.stop()
        ready = await self._claims.finish(build, outcome)
        if ready is None:
            await self._end(build)
            return
        await self._forget_upload(build)
        await self._announce(ready)

    async def _watch(self, build: Build, hold: asyncio.Timeout) -> None:
        while True:
            await asyncio.sleep(HELD_EVERY_SECONDS)
            try:
                is_held = await self._claims.is_held(build)
            except DatabaseUnavailable:
                continue
            if not is_held:
                log.info("build was taken away", extra={"build_id": build.id})
                hold.reschedule(asyncio.get_running_loop().time())
                return

    async def _explain(self, build: Build, failure: Failure) -> None:
        writer = self._logs.writer(build.log_stream_id)
        say(failure, writer)
        await writer.flush()

    async def _fail(self, build: Build, failure: Failure, progress: Progress) -> None:
        await self._claims.fail(build, failure, progress)
        log.info("build failed", extra={"build_id": build.id, "code": failure.code})
        await self._end(build)

    async def _end(self, build: Build) -> None:
        await self._forget_upload(build)
        # A project that is being deleted takes its streams along.
        with suppress(StreamNotFound):
            await self._logs.end(build.log_stream_id)

    async def _forget_upload(self, build: Build) -> None:
        await asyncio.to_thread(self._uploads.remove, build.project_id, build.source.digest, build.created_at)

    async def _announce(self, ready: ArtifactReady) -> None:
        try:
            await self._consumer.artifact_ready(ready)
            await self._claims.announced(ready.build_id)
        except Exception:  # the job's shell: it is told again at the next drain
            log.exception("artifact could not be handed over", extra={"build_id": ready.build_id})
