"""The workers that an earlier start left: asked who they are, and sorted by what becomes of them."""

import asyncio
import logging
import socket
from dataclasses import dataclass, field
from pathlib import Path

from thakur.proxy import leftovers, record
from thakur.proxy.dataplane.wire import VERSION
from thakur.proxy.handover import Handover, take_over
from thakur.proxy.link import LinkLost
from thakur.proxy.ports import address_of
from thakur.proxy.process import Process
from thakur.settings import Address
from thakur.sockets import SocketDirectory

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Found:
    """A worker that runs. Without a handover it is leaving, or does not answer."""

    worker: record.Worker
    process: Process
    handover: Handover | None


@dataclass(frozen=True, slots=True)
class Inheritance:
    """`adopted` go on as they are, by the numbers of their places; `worn` are replaced at their places and leave.

    `leaving` were replaced before. `doomed` end before anybody is started: they do not answer, or listen elsewhere.
    """

    adopted: dict[int, Found] = field(default_factory=dict)
    worn: list[Found] = field(default_factory=list)
    leaving: list[Found] = field(default_factory=list)
    doomed: list[Found] = field(default_factory=list)

    @property
    def table(self) -> int:
        """The newest table that any of them has."""
        return max((found.handover.table for found in [*self.serving, *self.doomed] if found.handover), default=0)

    @property
    def serving(self) -> list[Found]:
        """Those that have visitors."""
        return [*self.adopted.values(), *self.worn, *self.leaving]


async def find(directory: Path, sockets: SocketDirectory, key: str) -> list[Found]:
    """The workers that still run, each asked for its sockets unless it is leaving."""
    running = leftovers.running(directory)
    return list(await asyncio.gather(*(_ask(*each, sockets, key) for each in running)))


def sort(found: list[Found], release: str, http: Address) -> Inheritance:
    """Who is what, for a start that runs `release` on that address; port 0 is any."""
    sorted_ = Inheritance()
    for each in sorted(found, key=lambda each: each.worker.number):
        if each.worker.is_leaving:
            sorted_.leaving.append(each)
        elif each.handover is None or not _listens_on(each.handover, http):
            sorted_.doomed.append(each)
        elif (
            each.worker.release == release
            and each.handover.version == VERSION
            and each.worker.number not in sorted_.adopted
        ):
            sorted_.adopted[each.worker.number] = each
        else:
            sorted_.worn.append(each)
    return sorted_


async def _ask(worker: record.Worker, process: Process, sockets: SocketDirectory, key: str) -> Found:
    if worker.is_leaving:
        return Found(worker, process, None)
    try:
        handover = await asyncio.to_thread(take_over, sockets.address(worker.control), key)
    except LinkLost as error:
        log.warning("proxy worker does not answer", extra={"pid": worker.process.pid, "reason": str(error)})
        return Found(worker, process, None)
    if handover.pid != worker.process.pid:
        handover.close()
        return Found(worker, process, None)
    return Found(worker, process, handover)


def _listens_on(handover: Handover, http: Address) -> bool:
    actual = address_of(handover.visitors)
    wanted = {str(info[4][0]) for info in socket.getaddrinfo(http.host, None)}
    return actual.host in wanted and http.port in (0, actual.port)
