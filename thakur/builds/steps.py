"""Steps: one command of a plan, run in the sandbox, and what its end means for a person."""

import os
import shlex
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from thakur.builds.interface import BuildFailed, Failure, Toolchain
from thakur.builds.sources.unpack import CACHE_NAME
from thakur.logs import StreamWriter
from thakur.sandbox import Bind, DeadlineExceeded, Exit, Limits, Sandbox, Spec, Workspace, certificate_binds

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


class Steps:
    """Runs commands of a plan."""

    def __init__(self, sandbox: Sandbox, toolchain: Toolchain, passed: Mapping[str, str]) -> None:
        self._sandbox = sandbox
        self._toolchain = toolchain
        self._passed = dict(passed)

    async def end_leftovers(self) -> None:
        """End every command of an earlier Thakur. Only while no build runs here."""
        for name in self._sandbox.names():
            if name.startswith(NAMES_BEGIN):
                await self._sandbox.end(name)

    async def run(self, place: Place, argv: tuple[str, ...], env: Mapping[str, str], directory: str = ".") -> None:
        """Run one command to its end, in a directory of the source. Raises BuildFailed with the limit or the exit code that ended it."""
        tail = _Tail(place.writer)
        limits = build_limits()
        spec = Spec(
            name=place.name,
            argv=argv,
            # A project's own word beats our defaults, but for where the caches lie.
            env={**self._passed, **env, **place.env, **CACHES},
            uid=place.uid,
            app=Workspace(str(place.workspace)),
            directory=directory,
            binds=(
                *(Bind(source, target) for source, target in self._toolchain.binds),
                *certificate_binds(self._passed),
            ),
            path=self._toolchain.path,
            limits=limits,
            is_background=True,
        )
        try:
            ended = await self._sandbox.run(spec, tail.output, place.deadline.left_seconds())
        except DeadlineExceeded as error:
            raise BuildFailed(_too_long(argv, place.deadline)) from error
        if not ended.is_success:
            raise CommandFailed(_failure(argv, ended, limits), tail.text())


class CommandFailed(BuildFailed):
    """The command ended with an error; `output` is the end of what it wrote."""

    def __init__(self, failure: Failure, output: str) -> None:
        super().__init__(failure)
        self.output = output


def build_limits() -> Limits:
    """What a build may use on this host: never so much that applications starve."""
    host_bytes = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Limits(
        memory_bytes=min(BUILD_MEMORY_BYTES, int(host_bytes * BUILD_MEMORY_SHARE)),
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

    def text(self) -> str:
        return self._end.decode(errors="replace")


def _too_long(argv: tuple[str, ...], deadline: Deadline) -> Failure:
    return Failure(
        code="build_timeout",
        what=f"`{shlex.join(argv)}` was stopped: the build took longer than {deadline.seconds / 60:.3g} minutes.",
        why="A build may take that long in all; a command that waits for input or watches files never ends.",
        next="Look at the last lines of the log for the command that does not end.",
    )


def _failure(argv: tuple[str, ...], ended: Exit, limits: Limits) -> Failure:
    command = shlex.join(argv)
    if ended.is_out_of_memory:
        return Failure(
            code="build_out_of_memory",
            what=f"`{command}` ran out of memory.",
            why=f"A build may use {(limits.memory_bytes or 0) / 1024**3:.3g} GB on this server, and it asked for more.",
            next="Make the build use less, for example without source maps, or build on a host with more memory.",
        )
    if ended.hit_process_limit:
        return Failure(
            code="build_too_many_processes",
            what=f"`{command}` started too many processes.",
            why=f"A build may have {limits.processes} processes and threads at a time, and it asked for more.",
            next="Lower the number of parallel workers in the build's configuration.",
        )
    if ended.code == 127:
        return Failure(
            code="command_not_found",
            what=f"`{command}` was not found.",
            why="The command, or one that it calls, is neither installed by package.json nor part of the system.",
            next="Add the package that brings it to package.json, and commit the lockfile.",
        )
    how = f"exit code {ended.code}" if ended.code is not None else f"signal {ended.signal}"
    return Failure(
        code="command_failed",
        what=f"`{command}` failed with {how}.",
        why="The command's own last lines above say why.",
        next="Correct what they name; the same command fails in the same way on your machine.",
    )
