"""The birth of one sandbox: open its files, start bubblewrap, confine it while it waits, let it go."""

import asyncio
import contextlib
import os
import signal
import subprocess

from thakur import pids
from thakur.pids import Process
from thakur.sandbox.host import Host
from thakur.sandbox.interface import SandboxRefused, Spec, Workspace
from thakur.sandbox.isolation import argv, seccomp
from thakur.sandbox.limits.confine import confine
from thakur.sandbox.limits.leaf import Leaf
from thakur.sandbox.watching import processes, status

BIRTH_SECONDS = 20.0
UMASK = 0o022


async def spawn(
    spec: Spec, host: Host, title: str, leaf: Leaf, *, output: int, report: int, outlives: bool
) -> tuple[Process, Process]:
    """Start it with `output` as both its streams and `report` for its status; returns the monitor and pid 1 inside.

    None of the tenant's code runs before it is in its control groups. Raises SandboxRefused, SpecInvalid.
    """
    argv.check(spec)
    with contextlib.ExitStack() as ours:
        information, told = os.pipe()
        ours.callback(os.close, information)
        with contextlib.ExitStack() as theirs:
            theirs.callback(os.close, told)
            block = _block(theirs)
            release = os.dup(block)
            ours.callback(os.close, release)
            descriptors = _open(theirs, spec, host, information=told, status=report, block=block)
            options = argv.arguments(spec, host, descriptors, groups=leaf.limiting(), outlives=outlives)
            os.write(descriptors.arguments, options)
            os.lseek(descriptors.arguments, 0, os.SEEK_SET)
            command = argv.command_line(spec, host, descriptors, title)
            pid = _start(host.bubblewrap, command, descriptors, _input(theirs, spec.input), output)
        try:
            monitor, init = await _born(pid, information)
            confine(spec, host, leaf, monitor, init)
            os.write(release, b"x")
        except BaseException:
            _abandon(pid)
            raise
        return monitor, init


def _block(theirs: contextlib.ExitStack) -> int:
    reader, writer = os.pipe()
    # Both ends in one descriptor: of a read end alone our death would be read as the sign to go on.
    both = os.open(f"/proc/self/fd/{reader}", os.O_RDWR)
    os.close(reader)
    os.close(writer)
    theirs.callback(os.close, both)
    return both


def _input(theirs: contextlib.ExitStack, content: bytes) -> int:
    if not content:
        return subprocess.DEVNULL
    # A pipe and no file: once it is read, it is nowhere any more.
    reader, writer = os.pipe()
    theirs.callback(os.close, reader)
    try:
        os.set_blocking(writer, False)
        written = os.write(writer, content)
    except BlockingIOError:
        written = 0
    finally:
        os.close(writer)
    if written != len(content):
        raise SandboxRefused("The command's input could not be handed over.")
    return reader


def _open(
    theirs: contextlib.ExitStack, spec: Spec, host: Host, *, information: int, status: int, block: int
) -> argv.Descriptors:
    def directory(path: str, flags: int = 0) -> int:
        try:
            descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW | flags)
        except OSError as error:
            raise SandboxRefused(f"{path} cannot be shown in the sandbox: {error.strerror}.") from error
        theirs.callback(os.close, descriptor)
        return descriptor

    def data(name: str, content: bytes) -> int:
        descriptor = os.memfd_create(name)
        theirs.callback(os.close, descriptor)
        os.write(descriptor, content)
        os.lseek(descriptor, 0, os.SEEK_SET)
        return descriptor

    uid, gid = argv.inner_uid(spec, host), argv.inner_gid(spec, host)
    program = seccomp.program()
    return argv.Descriptors(
        arguments=data("arguments", b""),
        information=information,
        status=status,
        block=block,
        passwd=data("passwd", argv.passwd(uid, gid)),
        group=data("group", argv.group(gid)),
        seccomp=None if program is None else data("seccomp", program),
        binds=tuple(directory(os.path.realpath(bind.source)) for bind in spec.binds),
        app=directory(spec.app.path, os.O_DIRECTORY) if isinstance(spec.app, Workspace) else None,
    )


def _start(program: str, command: list[str], descriptors: argv.Descriptors, stdin: int, output: int) -> int:
    numbers = [getattr(descriptors, name) for name in descriptors.__struct_fields__ if name != "binds"]
    passed = [number for number in (*numbers, *descriptors.binds) if number is not None]
    process = subprocess.Popen(
        command,
        executable=program,
        stdin=stdin,
        stdout=output,
        stderr=output,
        pass_fds=passed,
        cwd="/",
        # Not the tenant's: this is the environment of bubblewrap, outside the sandbox.
        env={},
        start_new_session=True,
        umask=UMASK,
    )
    # From here on it is watched by pidfd; a Popen that believes it runs would warn when it is collected.
    process.returncode = 0
    return process.pid


async def _born(pid: int, information: int) -> tuple[Process, Process]:
    os.set_blocking(information, False)
    told = b""
    try:
        async with asyncio.timeout(BIRTH_SECONDS):
            while (init_pid := status.init_pid(told)) is None:
                await processes.readable(information)
                chunk = os.read(information, 4096)
                if not chunk:
                    raise SandboxRefused("bubblewrap ended before it made a sandbox.")
                told += chunk
    except TimeoutError as error:
        raise SandboxRefused(f"bubblewrap made no sandbox within {BIRTH_SECONDS:.0f} s.") from error
    monitor, init = pids.identify(pid), pids.identify(init_pid)
    if monitor is None or init is None:
        raise SandboxRefused("bubblewrap ended while it made the sandbox.")
    return monitor, init


def _abandon(pid: int) -> None:
    for child in (*processes.children(pid), pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, 0)
