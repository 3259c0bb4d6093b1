"""Finds out what this host can enforce, by trying it."""

import os
import shutil
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from thakur.sandbox.host import Host
from thakur.sandbox.interface import (
    BubblewrapMissing,
    DeadlineExceeded,
    Enforcement,
    Exit,
    Limits,
    Measure,
    Overlay,
    SandboxRefused,
    Spec,
)
from thakur.sandbox.isolation import seccomp
from thakur.sandbox.limits.cgroups import Cgroups
from thakur.sandbox.limits.leaf import UNIFIED

# A tenant that no project is: the one below belongs to the stores.
PROBE_UID = 609_998
PROBE_SECONDS = 20.0
PROBE_LIMITS = Limits(memory_bytes=64 << 20, cpus=1, processes=16)

Run = Callable[[Spec, Callable[[bytes], None], float], Awaitable[Exit]]
YES = Measure(True)


async def enforcement(run: Run, find_host: Callable[[], Host], cgroups: Cgroups) -> Enforcement:
    try:
        host = find_host()
        overlay = await _try_overlay(run)
        sandbox = YES
    except (BubblewrapMissing, SandboxRefused, DeadlineExceeded) as error:
        host = None
        sandbox = overlay = Measure(False, f"{error.message} {error.hint}".strip())
    return Enforcement(
        sandbox=sandbox,
        own_uid=_own_uid(),
        system_calls=_system_calls(),
        overlay=overlay,
        memory=_controlled(cgroups, "memory"),
        cpu=_controlled(cgroups, "cpu"),
        processes=_processes(cgroups, host),
        freezer=_controlled(cgroups, "freezer"),
        # Without it pid 1 inside is killed, which takes all others with it, and pids are killed one by one.
        kill=_controlled(cgroups, UNIFIED),
    )


async def _try_overlay(run: Run) -> Measure:
    directory = Path(tempfile.mkdtemp(prefix="thakur-probe-"))
    try:
        places = [directory / name for name in ("lower", "upper", "work")]
        for place in places:
            place.mkdir(mode=0o700)
            if os.geteuid() == 0:
                os.chown(place, PROBE_UID, PROBE_UID)
        (directory / "lower" / "kept").touch()
        ending = await run(_probe_spec(directory.name, places), lambda _: None, PROBE_SECONDS)
        if (
            not ending.is_success
            or not (directory / "upper" / "made").exists()
            or (directory / "lower" / "made").exists()
        ):
            return Measure(False, "an application's writes do not stay apart from its artifact")
        return YES
    finally:
        shutil.rmtree(directory, ignore_errors=True)


def _probe_spec(name: str, places: list[Path]) -> Spec:
    lower, upper, work = map(str, places)
    return Spec(
        name=name.lower().replace("_", "-"),
        argv=("/bin/sh", "-c", "rm kept && : > made"),
        uid=PROBE_UID,
        app=Overlay(lower, upper, work),
        limits=PROBE_LIMITS,
    )


def _own_uid() -> Measure:
    if os.geteuid() == 0:
        return YES
    return Measure(False, "Thakur does not run as root: all projects run under its own uid, apart by namespaces only")


def _system_calls() -> Measure:
    if seccomp.program() is not None:
        return YES
    return Measure(False, f"the numbers of {os.uname().machine}'s system calls are not known")


def _controlled(cgroups: Cgroups, controller: str) -> Measure:
    reason = cgroups.reasons.get(controller)
    return YES if reason is None else Measure(False, reason)


def _processes(cgroups: Cgroups, host: Host | None) -> Measure:
    controlled = _controlled(cgroups, "pids")
    return YES if host is not None and host.counts_processes_by_namespace else controlled
