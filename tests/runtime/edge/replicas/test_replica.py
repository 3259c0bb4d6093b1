import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from support.fake_proxy import get
from support.local_edges import Bench, bench
from support.waiting import eventually
from thakur.logs import Level
from thakur.runtime import DeploymentRefused, ReplicaState
from thakur.runtime.edge.placements import leaving
from thakur.runtime.edge.placements.state import StateFile
from thakur.runtime.edge.replicas import comebacks
from thakur.sandbox import LocalSandbox, SandboxRefused


async def _live(started: Bench, app: str, **fields: object) -> int:
    (port,) = (await started.edge.prepare(started.order(app, **fields))).ports  # type: ignore[arg-type]
    await started.edge.check(1)
    await started.edge.switch(1)
    return port


def _neighbour(port: int) -> socket.socket | None:
    """Somebody else, who listens there as soon as he can."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        return None
    listener.listen()
    return listener


async def _answers(port: int) -> bool:
    try:
        return (await get(port))[0] == 200
    except (OSError, EOFError):
        return False


def _ports(started: Bench) -> list[int]:
    """Where visitors are led."""
    (pool,) = started.fake_proxy.pools.values()
    return [upstream.port for upstream in pool.upstreams]


async def test_an_active_replica_that_ends_is_started_again(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        port = await _live(started, "ok")
        await get(port, "/write")
        await get(port, "/end")
        await eventually(lambda: started.sink.texts(Level.ERROR))

        (again,) = await eventually(lambda: _ports(started))
        (told,) = started.sink.texts(Level.ERROR)
        assert told.startswith("The application exited with code 3; it is started again in 0.1 s.")
        assert "note.txt" not in (await get(again, "/files"))[1], "what a replica wrote goes with it"
        assert f'"PORT":"{again}"' in (await get(again, "/env"))[1]


async def test_visitors_are_never_led_to_whoever_takes_the_port_of_a_replica_that_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comebacks, "FIRST_RESTART_SECONDS", 0.3)
    seen: set[int] = set()
    async with bench(tmp_path) as started:
        port = await _live(started, "ok")
        await get(port, "/end")
        await eventually(lambda: not _ports(started))
        neighbour = await eventually(lambda: _neighbour(port))

        def comes_back() -> bool:
            seen.update(_ports(started))
            return bool(seen)

        await eventually(comes_back)
        assert port not in seen
        assert (await get(*seen))[1] == "hello from ok"
        neighbour.close()


async def test_a_replica_gets_its_visitors_back_when_it_listens_itself(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        first, second = (await started.edge.prepare(started.order("slow_start", replicas=2))).ports
        await started.edge.check(1)
        await started.edge.switch(1)
        assert sorted(_ports(started)) == sorted((first, second))
        (placement,) = started.edge.held()
        identity = placement.replicas[0].record().identity
        assert identity is not None

        os.kill(identity.app.pid, signal.SIGKILL)

        await eventually(lambda: _ports(started) == [second])
        await eventually(lambda: placement.replicas[0].is_alive)
        states = {status.number: status.state for status in await started.edge.status(1)}
        assert states == {0: ReplicaState.STARTING, 1: ReplicaState.RUNNING}
        assert _ports(started) == [second], "it runs and does not listen yet"
        await eventually(lambda: len(_ports(started)) == 2)
        assert first not in _ports(started)


async def test_the_state_names_the_process_that_runs_now(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        port = await _live(started, "ok")
        (before,) = StateFile(started.data_dir).load().placements
        await get(port, "/end")

        def identity() -> bool:
            (now,) = StateFile(started.data_dir).load().placements
            found = now.replicas[0].identity
            return found is not None and found != before.replicas[0].identity and started.sandbox.is_alive(found)

        await eventually(identity)


async def test_the_reason_of_an_end_by_memory_names_the_limit(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        if not (await started.sandbox.enforcement()).memory.is_enforced:
            pytest.skip("this host cannot limit memory")
        port = await _live(started, "eats_memory", memory_bytes=160 << 20)
        await get(port, "/eat")

        told = (await eventually(lambda: started.sink.texts(Level.ERROR), within_seconds=8))[0]
        assert told.startswith("The application ran out of memory (limit 160 MB)")


async def test_a_crash_loop_waits_longer_each_time_and_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comebacks, "FIRST_RESTART_SECONDS", 0.02)
    async with bench(tmp_path) as started:
        await _live(started, "ok")
        (status,) = await started.edge.status(1)
        assert (status.state, status.ends, status.is_crash_loop) == (ReplicaState.RUNNING, 0, False)
        for ends in range(1, 6):
            (port,) = await eventually(lambda: _ports(started))
            await get(port, "/end")
            await eventually(lambda count=ends: len(started.sink.texts(Level.ERROR)) == count)

        told = started.sink.texts(Level.ERROR)
        assert told[3].startswith("The application exited with code 3; it is started again in ")
        assert told[4].startswith("Crash loop: the application exited with code 3, the end number 5 since ")
        (status,) = await started.edge.status(1)
        assert (status.ends, status.is_crash_loop) == (5, True)
        assert status.ends_since is not None


async def test_a_replica_that_ends_before_it_is_active_stays_ended(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("exits", env={"EXIT_CODE": "1"}))
        with pytest.raises(DeploymentRefused):
            await started.edge.check(1)

        # Longer than the first wait for a restart.
        await started.edge.prepare(started.order("ok", 2))
        await started.edge.check(2)

        assert started.sink.texts(Level.ERROR) == []
        assert not started.edge._holding.placements[1].is_alive


async def test_an_application_that_ignores_sigterm_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leaving, "STOP_SECONDS", 0.3)
    async with bench(tmp_path) as started:
        port = await _live(started, "deaf")
        await started.edge.withdraw(1)

        assert not await _answers(port)
        assert "not listening to you" in started.sink.texts(), "the log is read to its end"
        assert started.sink.texts()[-1] == "The replica was stopped: the application was ended by SIGKILL."


async def test_replicas_start_together_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start = LocalSandbox.start
    begun: list[str] = []

    async def start_one_only(self: LocalSandbox, *arguments: object) -> object:
        begun.append("once")
        if len(begun) > 1:
            raise SandboxRefused("No second one.")
        return await start(self, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(LocalSandbox, "start", start_one_only)
    async with bench(tmp_path) as started:
        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.prepare(started.order("ok", replicas=2))

        assert refused.value.failure.why == "No second one."
        assert len(begun) == 2
        assert started.homes() == []
        assert started.fake_proxy.pools == {}


async def test_two_replicas_have_a_port_and_a_log_each(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        prepared = await started.edge.prepare(started.order("ok", replicas=2))
        await started.edge.check(1)

        assert len(set(prepared.ports)) == 2
        assert [await get(port) for port in prepared.ports] == [(200, "hello from ok")] * 2
        await eventually(lambda: {batch.replica for batch in started.sink.batches} == {0, 1})


async def test_a_stop_while_the_replica_waits_to_start_again_leaves_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        port = await _live(started, "ok")
        (placement,) = started.edge.held()
        identity = placement.replicas[0].record().identity
        assert identity is not None
        os.kill(identity.app.pid, signal.SIGKILL)
        await eventually(lambda: placement.replicas[0].exit)

        await started.edge.withdraw(1)
        await asyncio.wait_for(started.edge.withdraw(1), 5)

        assert started.homes() == []
        assert not await _answers(port)
        left = {task.get_name() for task in started.edge._tasks._running}
        assert left == {"converge with the assignments", "remove assets of earlier deployments"}
