"""Why a command of a build failed, in words for the person who deploys."""

import shlex

from thakur.diagnosis import Command, Failure, Phase, find_cause, last_error_line
from thakur.sandbox import Exit, Limits

# What a shell ends with that does not find a command.
NOT_FOUND = 127


def too_long(argv: tuple[str, ...], seconds: float) -> Failure:
    """The build's time was over while the command ran."""
    return Failure(
        code="build_timeout",
        what=f"`{shlex.join(argv)}` was stopped: the build took longer than {seconds / 60:.3g} minutes.",
        why="A build may take that long in all; a command that waits for input or watches files never ends.",
        next="Look at the last lines of the log for the command that does not end.",
    )


def stalled(argv: tuple[str, ...], seconds: float) -> Failure:
    """The command neither wrote nor computed anything for so long."""
    return Failure(
        code="build_stalled",
        what=f"`{shlex.join(argv)}` was stopped: it made no progress for {seconds / 60:.3g} minutes.",
        why="It wrote nothing and computed nothing, like a command that waits for input or hangs.",
        next="Look at the last lines of the log for the command that hangs, and give it what it waits for.",
    )


def command_failed(argv: tuple[str, ...], ended: Exit, limits: Limits, output: str) -> Failure:
    """What a command's end means: a limit that it hit, else what its own words give away."""
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
    what = f"`{command}` failed with {_how(ended)}."
    cause = find_cause(Command(phase=Phase.BUILD, output=output, status=ended.code))
    if cause is not None:
        return Failure(code=cause.code, what=what, why=cause.why, next=cause.next)
    if ended.code == NOT_FOUND:
        return Failure(
            code="command_not_found",
            what=what,
            why="The command, or one that it calls, is neither installed by package.json nor part of the system.",
            next="Add the package that brings it to package.json, and commit the lockfile.",
        )
    line = last_error_line(output)
    return Failure(
        code="command_failed",
        what=what,
        why=f'No known cause. Its own words: "{line}".' if line else "It wrote nothing that says why.",
        next="Correct what the log names above; the same command should fail in the same way on your machine.",
    )


def _how(ended: Exit) -> str:
    return f"exit code {ended.code}" if ended.code is not None else f"signal {ended.signal}"
