"""The sandbox of this host: runs build steps, starts and ends applications, finds them again."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from thakur import pids
from thakur.pids import Process
from thakur.sandbox import probe
from thakur.sandbox.host import Host, this_host
from thakur.sandbox.interface import (
    DeadlineExceeded,
    Enforcement,
    Exit,
    Identity,
    NameTaken,
    OnOutput,
    Overlay,
    SandboxRefused,
    Spec,
)
from thakur.sandbox.isolation.copies import copy_instead, is_about_overlays
from thakur.sandbox.limits.cgroups import Cgroups
from thakur.sandbox.limits.leaf import Leaf
from thakur.sandbox.spawn import spawn
from thakur.sandbox.watching import listening, processes, status
from thakur.sandbox.watching.idling import Idling
from thakur.sandbox.watching.output import WORDS_BYTES, Output, tidy

# SIGKILL is not instant: memory is given back first.
KILL_SECONDS = 10.0
APP_SECONDS = 10.0
POLL_SECONDS = 0.002
REPORT_BYTES = 4096
NAMESPACES_HINT = (
    "Run Thakur as root, or allow normal users namespaces: on Ubuntu by an AppArmor profile for bwrap with `userns,`, "
    "elsewhere by the sysctls user.max_user_namespaces and kernel.unprivileged_userns_clone."
)


class LocalSandbox:
    """Sandboxes by bubblewrap; `root_name` sets this data directory's apart from other servers' on this host."""

    def __init__(self, root_name: str, host: Host | None = None) -> None:
        self._root_name = root_name
        self._host = host
        self._cgroups = Cgroups(root_name)
        self._enforcement: Enforcement | None = None

    async def run(
        self, spec: Spec, on_output: OnOutput, deadline_seconds: float, idle_seconds: float | None = None
    ) -> Exit:
        leaf = self._make_leaf(spec)
        began = time.monotonic()
        reader, writer = os.pipe()
        output = Output(reader, on_output)
        report = os.memfd_create("status")
        born: tuple[Process, ...] = ()
        try:
            async with asyncio.timeout(deadline_seconds):
                with _closing(writer):
                    born = await self._spawn(spec, leaf, output=writer, report=report, outlives=False)
                await output.follow(born[0], Idling(born[1], idle_seconds) if idle_seconds else None)
                await self._kill(leaf, born)
                await output.drain()
        except TimeoutError as error:
            raise DeadlineExceeded(f"The command ran longer than {deadline_seconds:.0f} s and was ended.") from error
        except SandboxRefused as error:
            await output.drain()
            raise _explained(error, output.last_words()) from error
        else:
            if status.exit_code(told := os.pread(report, REPORT_BYTES, 0)) is None and not leaf.out_of_memory_kills():
                raise _explained(SandboxRefused("The sandbox could not be made."), output.last_words())
            return _exit(told, leaf, time.monotonic() - began)
        finally:
            await self._kill(leaf, born)
            await leaf.remove()
            os.close(reader)
            os.close(report)

    async def start(self, spec: Spec, log_path: Path, status_path: Path) -> Identity:
        try:
            return await self._start(spec, log_path, status_path)
        except SandboxRefused as error:
            if not isinstance(spec.app, Overlay) or not is_about_overlays(error):
                raise
        app = await copy_instead(spec.app)
        return await self._start(msgspec.structs.replace(spec, app=app), log_path, status_path)

    async def wait(self, identity: Identity) -> Exit:
        leaf = self._cgroups.leaf(identity.name)
        if self._is_of_this_boot(identity):
            await processes.gone(identity.monitor)
            await self._kill(leaf, (identity.monitor, identity.init))
        report, written_at = _read_report(Path(identity.status_path))
        ending = _exit(report, leaf, max(0.0, written_at - identity.started_at_seconds))
        await leaf.remove()
        return ending

    def is_alive(self, identity: Identity) -> bool:
        return self._is_of_this_boot(identity) and pids.is_alive(identity.app)

    async def stop(self, identity: Identity, grace_seconds: float) -> Exit:
        if self._is_of_this_boot(identity) and pids.send(identity.app, signal.SIGTERM):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(grace_seconds):
                    await processes.gone(identity.monitor)
            # Pid 1 inside takes all others with it; the monitor stays to see how the command ended.
            pids.send(identity.init, signal.SIGKILL)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(KILL_SECONDS):
                    await processes.gone(identity.monitor)
        return await self.wait(identity)

    async def end(self, name: str) -> None:
        leaf = self._cgroups.leaf(name)
        await self._kill(leaf, tuple(processes.titled(self._title(name))))
        await leaf.remove()

    def names(self) -> frozenset[str]:
        titles = processes.titles(self._title(""))
        return self._cgroups.leaves() | {title.partition("/")[2] for title in titles}

    def processes(self, identity: Identity) -> frozenset[int]:
        if not self._is_of_this_boot(identity) or not pids.is_alive(identity.init):
            return frozenset()
        return processes.descendants(identity.init.pid)

    def cpu_seconds(self, identity: Identity) -> float:
        return processes.cpu_seconds(self.processes(identity))

    def listening_ports(self, identity: Identity) -> frozenset[int]:
        return listening.listening_ports(self.processes(identity))

    def is_reached(self, identity: Identity, host: str, port: int) -> bool:
        return listening.is_reached(self.processes(identity), host, port)

    async def enforcement(self) -> Enforcement:
        if self._enforcement is None:
            self._enforcement = await probe.enforcement(self.run, self._find_host, self._cgroups)
        return self._enforcement

    def _find_host(self) -> Host:
        return self._host or this_host()

    def _title(self, name: str) -> str:
        return f"thakur-sandbox:{self._root_name}/{name}"

    def _is_of_this_boot(self, identity: Identity) -> bool:
        return identity.boot_id == pids.boot_id()

    async def _start(self, spec: Spec, log_path: Path, status_path: Path) -> Identity:
        leaf = self._make_leaf(spec)
        born: tuple[Process, ...] = ()
        written = log_path.stat().st_size if log_path.exists() else 0
        try:
            with (
                _opened(log_path, os.O_WRONLY | os.O_APPEND) as log,
                _opened(status_path, os.O_RDWR | os.O_TRUNC) as report,
            ):
                monitor, init = born = await self._spawn(spec, leaf, output=log, report=report, outlives=True)
                app = await _command_of(monitor, init, report)
        except BaseException as error:
            await self._kill(leaf, born)
            await leaf.remove()
            if isinstance(error, SandboxRefused):
                words = log_path.read_bytes()[written:][:WORDS_BYTES]
                # They are ours and would read as the application's.
                os.truncate(log_path, written)
                raise _explained(error, tidy(words)) from error
            raise
        return Identity(
            name=spec.name,
            monitor=monitor,
            init=init,
            app=app,
            status_path=str(status_path),
            boot_id=pids.boot_id(),
            started_at_seconds=time.time(),
        )

    async def _spawn(
        self, spec: Spec, leaf: Leaf, *, output: int, report: int, outlives: bool
    ) -> tuple[Process, Process]:
        title = self._title(spec.name)
        return await spawn(spec, self._find_host(), title, leaf, output=output, report=report, outlives=outlives)

    def _make_leaf(self, spec: Spec) -> Leaf:
        leaf = self._cgroups.leaf(spec.name)
        # Where there are control groups they tell at once; reading every command line takes a while on a busy host.
        if leaf.processes() or (not leaf.controllers and processes.titled(self._title(spec.name))):
            raise NameTaken(f"A sandbox named {spec.name} runs already.")
        try:
            self._cgroups.prepare()
            leaf.create(spec.limits)
        except OSError as error:
            raise SandboxRefused(f"The control group of {spec.name} cannot be made: {error}.") from error
        return leaf

    async def _kill(self, leaf: Leaf, born: tuple[Process, ...]) -> None:
        leaf.kill()
        # Pid 1 before the monitor: who loses its monitor first may live on where no control group holds it.
        for process in reversed(born):
            pids.send(process, signal.SIGKILL)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(KILL_SECONDS):
                for process in born:
                    await processes.gone(process)


async def _command_of(monitor: Process, init: Process, report: int) -> Process:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(APP_SECONDS):
            while pids.is_alive(monitor):
                for child in processes.children(init.pid):
                    if (app := pids.identify(child)) is not None:
                        return app
                await asyncio.sleep(POLL_SECONDS)
    if status.exit_code(os.pread(report, REPORT_BYTES, 0)) is None:
        raise SandboxRefused("The sandbox could not be made.")
    # It has been and gone; pid 1 went with it and stands for it.
    return init


def _read_report(path: Path) -> tuple[bytes, float]:
    try:
        return path.read_bytes(), path.stat().st_mtime
    except FileNotFoundError:
        return b"", 0.0


def _exit(report: bytes, leaf: Leaf, seconds: float) -> Exit:
    code, number = status.code_and_signal(status.exit_code(report))
    return Exit(
        code=code,
        signal=number,
        is_out_of_memory=code != 0 and leaf.out_of_memory_kills() > 0,
        hit_process_limit=leaf.refused_processes() > 0,
        seconds=seconds,
    )


def _explained(error: SandboxRefused, words: str) -> SandboxRefused:
    return SandboxRefused(f"{error.message} {words}".strip(), hint=error.hint or _hint(words))


def _hint(words: str) -> str:
    if "namespace" in words or "uid map" in words:
        return NAMESPACES_HINT
    return ""


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    descriptor = os.open(path, flags | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with _closing(descriptor):
        yield descriptor


@contextlib.contextmanager
def _closing(descriptor: int) -> Iterator[None]:
    try:
        yield
    finally:
        os.close(descriptor)
