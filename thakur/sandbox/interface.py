"""What the rooms above may ask of the sandbox: the command's description, how it ended, what this host can enforce."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

import msgspec

from thakur.errors import Conflict, Invalid, Unavailable
from thakur.pids import Process


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one sandbox may use at most; None is no limit."""

    memory_bytes: int | None = None
    cpus: float | None = None
    processes: int | None = None


class Bind(msgspec.Struct, frozen=True):
    """A file or directory of the host, shown at `target` inside. `source` must never come from a tenant."""

    source: str
    target: str
    is_writable: bool = False


class Workspace(msgspec.Struct, frozen=True):
    """A directory that becomes `/app` and is written in place: a build's."""

    path: str


class Overlay(msgspec.Struct, frozen=True):
    """A directory that becomes `/app` with all writes going to `upper`: an application's.

    `upper` and `work` are empty directories on one file system. All three belong to the spec's uid.
    """

    lower: str
    upper: str
    work: str


class Spec(msgspec.Struct, frozen=True, kw_only=True):
    """One command to run in a sandbox.

    `name` is unique on this host among the sandboxes of one data directory. `env` is the whole environment besides PATH,
    HOME, USER and LANG; it may hold secrets and come from a tenant. `uid` counts only when Thakur runs as root. The command
    begins in `directory`, relative to `/app`. It reads `input`, at most 32 KB, as its standard input.
    """

    name: str
    argv: tuple[str, ...]
    env: dict[str, str] = {}
    uid: int
    app: Workspace | Overlay
    directory: str = "."
    binds: tuple[Bind, ...] = ()
    path: tuple[str, ...] = ()
    limits: Limits = Limits()
    is_background: bool = False
    input: bytes = b""


class Exit(msgspec.Struct, frozen=True, kw_only=True):
    """How the command ended: `code`, or `signal`, or neither when nobody saw it (it was killed with its watcher)."""

    code: int | None = None
    signal: int | None = None
    is_out_of_memory: bool = False
    hit_process_limit: bool = False
    seconds: float = 0.0

    @property
    def is_success(self) -> bool:
        return self.code == 0


class Identity(msgspec.Struct, frozen=True, kw_only=True):
    """What a state file keeps to find a running sandbox again after a restart of Thakur.

    `monitor` is bubblewrap itself and must never be signaled; `init` is pid 1 inside; `app` is the command.
    """

    name: str
    monitor: Process
    init: Process
    app: Process
    status_path: str
    boot_id: str
    started_at_seconds: float


class Measure(msgspec.Struct, frozen=True):
    """One thing that a host can or cannot enforce, and why not, in words for the operator."""

    is_enforced: bool
    reason: str = ""


class Enforcement(msgspec.Struct, frozen=True, kw_only=True):
    """What this host can enforce, as tried and not as guessed."""

    sandbox: Measure
    own_uid: Measure
    system_calls: Measure
    overlay: Measure
    memory: Measure
    cpu: Measure
    processes: Measure
    freezer: Measure
    kill: Measure

    def missing(self) -> dict[str, str]:
        """The measures that are not enforced, each with its reason."""
        measures = {name: getattr(self, name) for name in self.__struct_fields__}
        return {name: measure.reason for name, measure in measures.items() if not measure.is_enforced}


OnOutput = Callable[[bytes], None]


class Sandbox(Protocol):
    """The one launcher for everything that runs a tenant's bytes. All calls happen on one event loop."""

    async def run(
        self, spec: Spec, on_output: OnOutput, deadline_seconds: float, idle_seconds: float | None = None
    ) -> Exit:
        """Run the command to its end and hand over its output, both streams merged, as it comes.

        One that neither writes nor computes for `idle_seconds` is ended. When this returns, raises or is canceled, no
        process of it is left. Raises DeadlineExceeded, NoProgress, SandboxRefused.
        """

    async def start(self, spec: Spec, log_path: Path, status_path: Path) -> Identity:
        """Start an application that outlives this process; returns when the command exists.

        Its output is appended to `log_path`. `status_path` is written anew and read by `wait`, also by a later process.
        Raises NameTaken, SandboxRefused.
        """

    async def wait(self, identity: Identity) -> Exit:
        """Wait for the command's end, then end what it left behind. May be called by many and after a restart."""

    def is_alive(self, identity: Identity) -> bool:
        """Whether the command runs."""

    async def stop(self, identity: Identity, grace_seconds: float) -> Exit:
        """SIGTERM to the command, after `grace_seconds` SIGKILL to everything. Nothing is left when it returns."""

    async def end(self, name: str) -> None:
        """Kill all that runs under `name`, also what an earlier Thakur left. Nothing is left when it returns."""

    def names(self) -> frozenset[str]:
        """The names of all that runs for this data directory, whichever process started it."""

    def processes(self, identity: Identity) -> frozenset[int]:
        """The pids, as the host sees them, of everything inside."""

    def cpu_seconds(self, identity: Identity) -> float:
        """The processor time that everything inside has used; what has ended since takes its own with it."""

    def listening_ports(self, identity: Identity) -> frozenset[int]:
        """The TCP ports on which a process inside listens, at whatever address."""

    def is_reached(self, identity: Identity, host: str, port: int) -> bool:
        """Whether a process inside, and nobody else, gets the connections to that IPv4 address."""

    async def enforcement(self) -> Enforcement:
        """What this host can enforce. Tried once per process, then remembered."""


class BubblewrapMissing(Unavailable):
    """No bubblewrap that is new enough is installed."""

    code = "bubblewrap_missing"


class SandboxRefused(Unavailable):
    """This host does not let a sandbox start; the message holds bubblewrap's own words."""

    code = "sandbox_refused"


class DeadlineExceeded(Unavailable):
    """The command ran longer than it may and was killed."""

    code = "deadline_exceeded"


class NoProgress(Unavailable):
    """The command neither wrote nor computed anything for too long and was killed."""

    code = "no_progress"


class NameTaken(Conflict):
    """A sandbox of this name runs already."""

    code = "sandbox_name_taken"


class SpecInvalid(Invalid):
    """The command cannot be described to a kernel: a NUL byte, no argv, a name that is no file name."""

    code = "sandbox_spec_invalid"


class UidsExhausted(Conflict):
    """The block of uids of this data directory is used up, or no block is free on this host."""

    code = "uids_exhausted"
