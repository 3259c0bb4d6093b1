"""The limits of a process that waits to begin: control groups, resource limits, priority, first choice of the OOM killer."""

import contextlib
import os
import resource
from pathlib import Path

from thakur.pids import Process
from thakur.sandbox.host import Host
from thakur.sandbox.interface import SandboxRefused, Spec
from thakur.sandbox.limits.leaf import OWN_PROCESSES, Leaf

# The soft limit is the usual one, whatever ours is: select() overruns its set above it. Who needs more raises it.
OPEN_FILES, MOST_OPEN_FILES = 1_024, 65_536
FILE_BYTES = 16 << 30
# Tenants go first when the host itself runs out of memory.
OOM_SCORE = 500
BACKGROUND_NICENESS = 10


def confine(spec: Spec, host: Host, leaf: Leaf, monitor: Process, init: Process) -> None:
    """Everything that init starts later inherits this. Raises SandboxRefused."""
    try:
        leaf.add(monitor.pid)
        leaf.add(init.pid)
        _limit(init.pid, resource.RLIMIT_CORE, 0)
        _limit(init.pid, resource.RLIMIT_NOFILE, MOST_OPEN_FILES, soft=OPEN_FILES)
        _limit(init.pid, resource.RLIMIT_FSIZE, FILE_BYTES)
        if "pids" not in leaf.controllers and spec.limits.processes is not None and host.counts_processes_by_namespace:
            _limit(init.pid, resource.RLIMIT_NPROC, spec.limits.processes + OWN_PROCESSES)
        if spec.is_background:
            os.setpriority(os.PRIO_PROCESS, init.pid, BACKGROUND_NICENESS)
    except OSError as error:
        raise SandboxRefused(f"The limits of {spec.name} could not be set: {error}.") from error
    with contextlib.suppress(OSError):
        Path(f"/proc/{init.pid}/oom_score_adj").write_text(str(OOM_SCORE))


def _limit(pid: int, kind: int, value: int, soft: int | None = None) -> None:
    hard = resource.prlimit(pid, kind)[1]
    most = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.prlimit(pid, kind, (most if soft is None else min(soft, most), most))
