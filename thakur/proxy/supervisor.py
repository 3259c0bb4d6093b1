"""The proxy workers of this host: found or started, kept alive, given tables, drained, replaced, ended."""

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from thakur.background import Tasks
from thakur.proxy import adoption, record
from thakur.proxy.adoption import Found, Inheritance
from thakur.proxy.changes import Changes
from thakur.proxy.contact import Contact
from thakur.proxy.dataplane.wire import VERSION, Message
from thakur.proxy.interface import ProxyUnavailable
from thakur.proxy.launch import PROGRAM, Launcher
from thakur.proxy.parting import Parting
from thakur.proxy.places import LONGEST_NAME, Place, furnish
from thakur.proxy.ports import address_of, join_listeners, open_listeners
from thakur.proxy.process import Process
from thakur.proxy.slot import Slot
from thakur.settings import Address
from thakur.sockets import SocketDirectory

WORKERS_LIMIT = 2
START_SECONDS = 20.0
END_SECONDS = 5.0


class Supervisor:
    """Holds each worker's listeners for its whole life, so that a worker that dies loses no connection that waits.

    `release` names the version of the product: workers of another one are replaced at their listeners. `unix_sockets` is where
    the sockets of pools lie that have any.
    """

    def __init__(
        self,
        http: Address,
        directory: Path,
        static_root: Path,
        *,
        uid: int | None = None,
        gid: int | None = None,
        count: int | None = None,
        program: Path = PROGRAM,
        release: str = "",
        unix_sockets: Path | None = None,
    ) -> None:
        self.table: Message = {"kind": "table", "version": 0, "pools": [], "routes": {}}
        self.changes = Changes()
        self.listens_on = http
        self._http = http
        self._directory = directory
        self._launcher = Launcher(directory, static_root, uid, gid, program, unix_sockets)
        self._count = count or min(WORKERS_LIMIT, os.cpu_count() or 1)
        self._release = f"{release}+{self._launcher.digest()}"
        self._sockets: SocketDirectory | None = None
        self._inherited = Inheritance()
        self._slots: list[Slot] = []
        self._partings: list[Parting] = []
        self._is_settled = False
        self._tasks = Tasks()
        self._key = ""
        self._turn = 0

    async def take_over(self) -> int:
        """Find what an earlier start left; returns the newest table that any of its workers has."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        self._sockets = SocketDirectory(self._directory, LONGEST_NAME)
        self._key = record.key_of(self._directory)
        found = await adoption.find(self._directory, self._sockets, self._key)
        self._inherited = adoption.sort(found, self._release, self._http)
        return self._inherited.table

    async def start(self, table: Message) -> None:
        """Bring every worker, found or new, to this table, then let those go that were replaced.

        Raises PortTaken, AddressUnusable, ProxyUnavailable, and then whoever served before serves on.
        """
        if self._sockets is None:
            await self.take_over()
        assert self._sockets is not None
        self._launcher.static_root.mkdir(parents=True, exist_ok=True)
        self.table = table
        try:
            await asyncio.gather(*(_end(found) for found in self._inherited.doomed))
            self._open(self._sockets)
            for slot in self._slots:
                self._tasks.spawn(slot.keep(), f"keep proxy worker {slot.place.number}")
            for parting in self._partings:
                self._tasks.spawn(self._hold(parting), f"hold proxy worker {parting.process.identity.pid}")
            await self._acked_by_all()
        except BaseException:
            await self._give_up()
            raise
        for parting in list(self._partings):
            address = self._sockets.address(parting.worker.control)
            self._tasks.spawn(parting.leave(address, self._key), f"replace {parting.process.identity.pid}")
        self._is_settled = True
        self._save()
        self._tidy(self._sockets, list(self._recorded({})))

    async def install(self, table: Message, within_seconds: float) -> None:
        """Bring every worker that serves to this table. Raises ProxyUnavailable; they may get it later all the same."""
        self.table = table
        self.changes.tell()
        try:
            async with asyncio.timeout(within_seconds):
                await self.changes.until(self._is_in_force)
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy did not take the new routes in time.", hint=self._last_words()) from error

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        """How many uses of the pool had to be cut, over all workers. Raises ProxyUnavailable."""
        draining = [contact.drain(pool_id, within_seconds, streams_seconds) for contact in self._contacts()]
        try:
            return sum(await asyncio.gather(*draining))
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy did not let go of the old replicas in time.") from error

    def next_door(self) -> str:
        """Where to probe: the private door of a worker that serves, another one each time. Raises ProxyUnavailable."""
        serving = [slot.place.door_name for slot in self._slots if slot.acked]
        if self._sockets is None or not serving:
            raise ProxyUnavailable("No proxy worker runs.", hint=self._last_words())
        self._turn += 1
        return self._sockets.address(serving[self._turn % len(serving)])

    def pids(self) -> list[int]:
        """The process ids of the workers that take visitors."""
        return [slot.process.identity.pid for slot in self._slots if slot.process and slot.process.is_running]

    def leaving_pids(self) -> list[int]:
        """The process ids of those that were replaced and still have some."""
        return [parting.process.identity.pid for parting in self._partings]

    async def stop(self, drain_seconds: float) -> None:
        """Let the workers finish what they have, then end them."""
        if self._sockets is None:
            return
        for slot in self._slots:
            slot.leave()
            # A listener that somebody still holds would go on collecting visitors whom nobody answers.
            slot.place.close()
        ending = [parting.end(drain_seconds) for parting in self._partings]
        await asyncio.gather(*(slot.end(drain_seconds) for slot in self._slots), *ending)
        await self._tasks.stop()
        record.forget(self._directory)
        self._tidy(self._sockets, [])
        self._leave_places()

    async def release(self) -> None:
        """Leave the workers running with the table that they have, for the next start to find."""
        await self._tasks.stop()
        for slot in self._slots:
            slot.release()
        for parting in self._partings:
            parting.process.forget()
        self._leave_places()

    def _open(self, sockets: SocketDirectory) -> None:
        for number, found in self._inherited.adopted.items():
            assert found.handover is not None
            place = Place(
                number=number,
                visitors=found.handover.visitors,
                control=found.handover.control,
                door=found.handover.door,
                control_name=found.worker.control,
                door_name=found.worker.door,
            )
            self._add_slot(sockets, place).adopt(found.process, found.handover.table)
        for found in self._inherited.worn:
            self._replace(sockets, found)
        for found in self._inherited.leaving:
            self._partings.append(self._part(sockets, found, 1))
        taken = {slot.place.number for slot in self._slots}
        free = [number for number in range(self._count) if number not in taken][: self._count - len(taken)]
        opens = join_listeners if taken else open_listeners
        for number, visitors in zip(
            free, opens(self.listens_on if taken else self._http, len(free)) if free else [], strict=True
        ):
            self._add_slot(sockets, furnish(sockets, number, visitors))

    def _replace(self, sockets: SocketDirectory, found: Found) -> None:
        assert found.handover is not None
        self._partings.append(self._part(sockets, found, found.handover.table))
        if any(slot.place.number == found.worker.number for slot in self._slots):
            # It has been replaced already, by a start that died before it could say so.
            found.handover.close()
            return
        found.handover.control.close()
        found.handover.door.close()
        self._add_slot(sockets, furnish(sockets, found.worker.number, found.handover.visitors))

    def _add_slot(self, sockets: SocketDirectory, place: Place) -> Slot:
        slot = Slot(place, self._launch, sockets.address(place.control_name), self._key, self)
        self._slots.append(slot)
        self.listens_on = address_of(place.visitors)
        return slot

    def _part(self, sockets: SocketDirectory, found: Found, given: int) -> Parting:
        address = sockets.address(found.worker.control)
        is_stranger = found.worker.speaks != VERSION
        contact = None if is_stranger else Contact(found.process, address, self._key, self, given)
        return Parting(found.worker, found.process, contact)

    def _launch(self, place: Place) -> Process:
        process = self._launcher.start(place, self._key)
        self._save({place.number: process})
        return process

    async def _hold(self, parting: Parting) -> None:
        await parting.hold()
        self._partings.remove(parting)
        if self._sockets is not None:
            self._sockets.remove(parting.worker.control)
            self._sockets.remove(parting.worker.door)
            self._save()
        self.changes.tell()

    async def _acked_by_all(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.changes.until(lambda: all(slot.acked == self.table["version"] for slot in self._slots))
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy's workers do not start.", hint=self._last_words()) from error

    async def _give_up(self) -> None:
        await self._tasks.stop()
        inherited = {found.worker.process: found for found in self._inherited.serving}
        started = [slot.process for slot in self._slots if slot.process and slot.process.identity not in inherited]
        await asyncio.gather(*(process.end(0) for process in started))
        for found in inherited.values():
            found.process.forget()
        self._record([found.worker for found in inherited.values()])
        self._leave_places()

    def _contacts(self) -> list[Contact]:
        found = [slot.contact for slot in self._slots] + [parting.contact for parting in self._partings]
        return [contact for contact in found if contact is not None]

    def _is_in_force(self) -> bool:
        version = self.table["version"]
        is_anywhere = any(slot.acked == version for slot in self._slots)
        return is_anywhere and all(contact.acked == version for contact in self._contacts() if contact.given)

    def _save(self, launched: dict[int, Process] | None = None) -> None:
        self._record(list(self._recorded(launched or {})))

    def _record(self, workers: list[record.Worker]) -> None:
        if workers:
            record.save(self._directory, record.Record(listens_on=str(self.listens_on), workers=tuple(workers)))
        else:
            record.forget(self._directory)

    def _recorded(self, launched: dict[int, Process]) -> Iterator[record.Worker]:
        for slot in self._slots:
            process = launched.get(slot.place.number, slot.process)
            if process is not None:
                yield record.Worker(
                    process=process.identity,
                    number=slot.place.number,
                    control=slot.place.control_name,
                    door=slot.place.door_name,
                    release=self._release,
                    speaks=VERSION,
                )
        for parting in self._partings:
            is_leaving = self._is_settled or parting.worker.is_leaving
            yield msgspec.structs.replace(parting.worker, is_leaving=is_leaving)

    def _tidy(self, sockets: SocketDirectory, workers: list[record.Worker]) -> None:
        known = {name for worker in workers for name in (worker.control, worker.door)}
        for path in self._directory.glob("*.sock"):
            if path.name not in known:
                sockets.remove(path.name)

    def _last_words(self) -> str:
        words = (self._launcher.last_words(slot.place.number) for slot in self._slots)
        return next((f"A worker's last line: {said}" for said in words if said), "")

    def _leave_places(self) -> None:
        for slot in self._slots:
            slot.place.close()
        self._slots, self._partings, self._inherited = [], [], Inheritance()
        if self._sockets is not None:
            self._sockets.close()
            self._sockets = None


async def _end(found: Found) -> None:
    if found.handover is not None:
        found.handover.close()
    await found.process.end(END_SECONDS)
