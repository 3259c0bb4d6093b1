"""Steps: one command of a plan, run in the sandbox, and what its end means for a person."""

import os
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from thakur.builds.interface import BuildFailed, Failure, Toolchain
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.builds.steps.diagnosis import command_failed, stalled, too_long
from thakur.logs import StreamWriter
from thakur.sandbox import Bind, DeadlineExceeded, Limits, NoProgress, Sandbox, Spec, Workspace, certificate_binds
from thakur.security import Redactor

BUILD_SECONDS = 20 * 60.0
BUILD_MEMORY_BYTES = 1536 * 1024**2
BUILD_MEMORY_SHARE = 0.6
BUILD_CPUS = 2.0
BUILD_PROCESSES = 512
TAIL_BYTES = 16 * 1024
# The names of builds' sandboxes, beside those of applications.
NAMES_BEGIN = "build-"

CACHES = {
    "BUN_INSTALL_CACHE_DIR": f"/app/{CACHE_NAME}/bun",
    "BUN_RUNTIME_TRANSPILER_CACHE_PATH": f"/app/{CACHE_NAME}/transpiled",
}
INSTALL_ENV = {"CI": "1", "DO_NOT_TRACK": "1", **CACHES}
# NODE_ENV is the build's only: what scripts of packages do at their installation may depend on it.
BUILD_ENV = INSTALL_ENV | {
    "NODE_ENV": "production",
    "TURBO_TELEMETRY_DISABLED": "1",
    "NX_DAEMON": "false",
}


class Deadline:
    """The moment at which a build has had its time."""

    def __init__(self, seconds: float = BUILD_SECONDS) -> None:
        self.seconds = seconds
        self._ends = time.monotonic() + seconds

    def allow(self, seconds: float) -> None:
        """Let it be another time, counted from its beginning."""
        self._ends += seconds - self.seconds
        self.seconds = seconds

    def left_seconds(self) -> float:
        return max(0.0, self._ends - time.monotonic())


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where the commands of one build run, with the project's env vars, and where their output goes."""

    name: str
    workspace: Path
    uid: int
    writer: StreamWriter
    deadline: Deadline
    env: Mapping[str, str] = {}
    limits: Limits | None = None


class Steps:
    """Runs commands of a plan."""

    def __init__(self, sandbox: Sandbox, toolchain: Toolchain, passed: Mapping[str, str]) -> None:
        self._sandbox = sandbox
        self.toolchain = toolchain
        self._passed = dict(passed)

    async def end_leftovers(self) -> None:
        """End every command of an earlier Thakur. Only while no build runs here."""
        for name in self._sandbox.names():
            if name.startswith(NAMES_BEGIN):
                await self._sandbox.end(name)

    async def run(
        self,
        place: Place,
        argv: tuple[str, ...],
        env: Mapping[str, str],
        directory: str = ".",
        idle_seconds: float | None = None,
    ) -> str:
        """Run one command to its end, in a directory of the source; returns the end of what it wrote.

        Raises BuildFailed with the limit or the exit code that ended it, or when it makes no progress for so long.
        """
        tail, redactor = _Tail(place.writer), Redactor(place.env.values())
        limits = place.limits or build_limits()
        spec = Spec(
            name=place.name,
            argv=argv,
            # A project's own word beats our defaults, but for where the caches lie.
            env={**self._passed, **env, **place.env, **CACHES},
            uid=place.uid,
            app=Workspace(str(place.workspace)),
            directory=directory,
            binds=(
                *(Bind(source, target) for source, target in self.toolchain.binds),
                *certificate_binds(self._passed),
            ),
            path=self.toolchain.path,
            limits=limits,
            is_background=True,
        )
        try:
            ended = await self._sandbox.run(spec, tail.output, place.deadline.left_seconds(), idle_seconds)
        except DeadlineExceeded as error:
            raise BuildFailed(too_long(argv, place.deadline.seconds)) from error
        except NoProgress as error:
            raise CommandFailed(stalled(argv, idle_seconds or 0.0), tail.text(redactor)) from error
        output = tail.text(redactor)
        if not ended.is_success:
            raise CommandFailed(command_failed(argv, ended, limits, output), output)
        return output


class CommandFailed(BuildFailed):
    """The command ended with an error, or had to be ended; `output` is the end of what it wrote."""

    def __init__(self, failure: Failure, output: str) -> None:
        super().__init__(failure)
        self.output = output


def build_limits(memory_mb: int | None = None) -> Limits:
    """What a build may use on this host, at its own wish or by default: never so much that applications starve."""
    wanted = BUILD_MEMORY_BYTES if memory_mb is None else memory_mb * 1024**2
    host_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Limits(
        memory_bytes=min(wanted, int(host_bytes * BUILD_MEMORY_SHARE)),
        cpus=min(BUILD_CPUS, float(len(os.sched_getaffinity(0)))),
        processes=BUILD_PROCESSES,
    )


class _Tail:
    def __init__(self, writer: StreamWriter) -> None:
        self._writer = writer
        self._end = b""

    def output(self, data: bytes) -> None:
        self._writer.output(data)
        self._end = (self._end + data)[-TAIL_BYTES:]

    def text(self, redactor: Redactor) -> str:
        end = self._end
        if len(end) == TAIL_BYTES:
            # The first line is cut off, and what is left of a secret in it would not be known.
            end = end.partition(b"\n")[2]
        return redactor.redact(end).decode(errors="replace")
