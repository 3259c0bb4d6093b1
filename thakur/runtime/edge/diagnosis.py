"""Why a deployment did not come up, in words for the person who deployed it."""

import signal
from collections.abc import Sequence

from thakur.builds import Failure
from thakur.diagnosis import Command, Phase, find_cause, last_error_line
from thakur.errors import ThakurError
from thakur.runtime.edge.replicas.process import LOOPBACK, how_it_ended
from thakur.runtime.interface import HealthCheck, Order
from thakur.sandbox import Exit

# A shell says of a command that a signal ended: 128 and the signal's number.
SHELLS_SIGNALS = 128
_FAULTS: dict[int, str] = {
    signal.SIGSEGV: "a segmentation fault",
    signal.SIGBUS: "a bus error",
    signal.SIGILL: "an instruction that this processor does not know",
    signal.SIGFPE: "an arithmetic fault",
    signal.SIGTRAP: "a trap",
}
_LISTEN = "Let the application listen on the port in the variable PORT, then deploy again."


def ended_early(exit_: Exit, order: Order, output: Sequence[str] = ()) -> Failure:
    """The process is gone before its health check passed."""
    ended = how_it_ended(exit_, order)
    if exit_.is_out_of_memory:
        return Failure(
            code="out_of_memory",
            what=f"The application {ended}.",
            why="It needs more memory to start than a replica may use.",
            next="Raise the project's memory limit, or let it use less, then deploy again.",
        )
    if exit_.hit_process_limit:
        return Failure(
            code="too_many_processes",
            what=f"The application {ended}.",
            why="Threads count as well, and most runtimes start some for every core.",
            next="Let it start fewer workers, then deploy again.",
        )
    if exit_.is_success:
        return Failure(
            code="exited_at_once",
            what="The application ended at once, with exit code 0.",
            why="Its start command finished without starting a server, and its entry file exports none.",
            next=_LISTEN,
        )
    what = f"The application {ended} before it answered."
    command = Command(phase=Phase.START, output="\n".join(output), status=exit_.code, project=order.project)
    cause = find_cause(command)
    if cause is not None:
        return Failure(code=cause.code, what=what, why=cause.why, next=cause.next)
    return _crashed(exit_, what, last_error_line("\n".join(output)))


def _crashed(exit_: Exit, what: str, line: str) -> Failure:
    number = exit_.signal or (exit_.code or 0) - SHELLS_SIGNALS
    if number in _FAULTS:
        return Failure(
            code="native_crash",
            what=what,
            why=f"That is {_FAULTS[number]}: native code of a package, or the runtime itself, broke.",
            next="Take another version of the package with native code that was added last, then deploy again.",
        )
    return Failure(
        code="crashed_on_start",
        what=what,
        why=f'No known cause. Its own words: "{line}".' if line else "It wrote nothing that says why.",
        next="Mend what its last lines name, then deploy again.",
    )


def listens_elsewhere(ports: frozenset[int], port: int) -> Failure:
    """The process has a server, but not where visitors are sent."""
    found = " and ".join(str(other) for other in sorted(ports))
    return Failure(
        code="wrong_port",
        what=f"The application listens on {found} instead of PORT={port}.",
        why="Its port is fixed, or comes from another variable.",
        next=_LISTEN,
    )


def listens_beside(port: int) -> Failure:
    """The process has a server on its port, but not at the address where visitors are sent."""
    return Failure(
        code="wrong_address",
        what=f"The application listens on PORT={port}, but not at {LOOPBACK}.",
        why="It listens at another address only, such as ::1, or at one where another program of this host is asked first.",
        next="Let the application listen at the address in the variable HOST, or at 0.0.0.0, then deploy again.",
    )


def never_listened(port: int, check: HealthCheck) -> Failure:
    """The process lives and has no server."""
    return Failure(
        code="never_listened",
        what=f"The application did not listen on PORT={port} within {check.within_seconds:g} s.",
        why="It runs, but it has opened no port.",
        next=_LISTEN,
    )


def never_healthy(check: HealthCheck, last: str) -> Failure:
    """The server is there and does not answer well; `last` follows the path: `answered 500`."""
    return Failure(
        code="unhealthy",
        what=f"Health check: GET {check.path} {last} and did not get better within {check.within_seconds:g} s.",
        why="A healthy application answers that page with a status below 500, twice in a row.",
        next="Look at its last lines, or name another health path, then deploy again.",
    )


def seen_so_far(sight: str, passed_seconds: float, left_seconds: float) -> str:
    """What is seen of an application that has not come up yet and still may."""
    return f"After {passed_seconds:.0f} s: {sight}. It has {max(left_seconds, 0.0):.0f} s more."


def with_its_words(failure: Failure, order: Order, output: Sequence[str]) -> Failure:
    """The same failure of an application that runs, with the cause that its last lines give away, if they do."""
    cause = find_cause(Command(phase=Phase.START, output="\n".join(output), project=order.project))
    if cause is None or failure.code not in ("never_listened", "unhealthy"):
        return failure
    return Failure(code=failure.code, what=failure.what, why=f"Its log tells of this: {cause.why}", next=cause.next)


def held_by(failure: Failure, port: int, holder: Order) -> Failure:
    """The same failure, when the project's other deployment listens on the port that this one wanted."""
    if failure.code != "port_in_use":
        return failure
    return Failure(
        code=failure.code,
        what=failure.what,
        why=f"Its port is fixed to {port}, where deployment #{holder.number} of the project listens; two cannot.",
        next=f"#{holder.number} serves on. Let the application listen on the port in the variable PORT, then deploy again.",
    )


def not_started(error: ThakurError) -> Failure:
    """Something that is not the application's doing kept it from starting."""
    return Failure(
        code=error.code,
        what="The application could not be started on this host.",
        why=error.message,
        next=error.hint or "Run `thakur doctor` on the host, then deploy again.",
    )


def not_held(deployment_id: int) -> Failure:
    """An order for a deployment that this edge has not prepared, or not any more."""
    return Failure(
        code="deployment_not_prepared",
        what=f"The edge does not hold deployment {deployment_id}.",
        why="It was not prepared there, or the edge has started anew since.",
        next="Deploy again.",
    )


def still_routed(deployment_id: int) -> Failure:
    """An order to stop what visitors use."""
    return Failure(
        code="deployment_routed",
        what=f"Deployment {deployment_id} answers visitors and is not stopped.",
        why="Another deployment must take its hosts first.",
        next="Switch to another deployment, or delete the project.",
    )
