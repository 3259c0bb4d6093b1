"""What a person reads of a rollout: in the deployment's log, and in the record of its failure."""

from thakur.builds import Failure
from thakur.logs import Entry, Level
from thakur.runtime.interface import Checked, Deployment, Order, Prepared, RolloutFailure


def started(order: Order, prepared: Prepared) -> str:
    """An edge is prepared."""
    if order.plan.kind == "static":
        return f"Serving the files of artifact {order.digest[:12]}"
    replicas = "1 replica" if len(prepared.ports) == 1 else f"{len(prepared.ports)} replicas"
    ports = ", ".join(str(port) for port in prepared.ports)
    return f"Started {replicas} on port {ports} in {prepared.seconds:.2f} s"


def answered(order: Order, checked: Checked) -> list[Entry]:
    """The health check passed, and with which help."""
    text = f"Health check GET {order.health.path} answered {checked.status} after {checked.seconds:.2f} s"
    return [*(Entry(note, Level.WARNING) for note in checked.notes), Entry(text, Level.DEPLOY)]


def broken_off(number: int) -> RolloutFailure:
    """A restart was canceled, or gave way to a newer deployment."""
    return RolloutFailure(
        code="restart_broken_off",
        what=f"The restart of #{number} was broken off before its switch.",
        next="Restart it again if that is still needed.",
        still_active=number,
    )


def failure_of(failure: Failure, active: Deployment | None) -> RolloutFailure:
    """The failure as it is kept."""
    return RolloutFailure(
        code=failure.code,
        what=failure.what,
        why=failure.why,
        next=failure.next,
        still_active=active.number if active else None,
    )


def failed(failure: Failure, output: tuple[str, ...], active: Deployment | None) -> list[Entry]:
    """The application's last lines, what happened, why and what to do, and what visitors get meanwhile."""
    entries = [Entry(line) for line in output]
    entries += [Entry(text, Level.ERROR) for text in (failure.what, failure.why, failure.next) if text]
    if active is not None:
        entries.append(Entry(f"Deployment #{active.number} is still active.", Level.DEPLOY))
    return entries
