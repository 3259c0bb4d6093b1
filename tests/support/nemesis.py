"""What kills: processes of a house, one at random and again and again, each with SIGKILL."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

from thakur.stores.sockets import open_listener

TESTS = Path(__file__).parents[1]


class Prey:
    """A worker process that is started again whenever it was killed."""

    def __init__(self, name: str, words: list[str], log: Path) -> None:
        self.name = name
        self._words = words
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        environment = os.environ | {"PYTHONPATH": f"{TESTS}:{TESTS.parent}"}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._words],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> bool:
        """Whether it was alive."""
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.kill()
        self._process.wait()
        return True

    async def freeze(self, seconds: float) -> None:
        """Let it stand still, and go on as if nothing had happened."""
        frozen = self._process
        if frozen is None or frozen.poll() is not None:
            return
        frozen.send_signal(signal.SIGSTOP)
        await pause(seconds)
        # Popen sends nothing to what was killed meanwhile.
        frozen.send_signal(signal.SIGCONT)


class Nemesis:
    """Counts only those that were alive when the signal came."""

    def __init__(self, workers: list[Prey], sockets: dict[str, Path], chance: random.Random) -> None:
        self._workers = workers
        self._sockets = sockets
        self._chance = chance
        self.kills: Counter[str] = Counter()

    async def strike(self, times: int, pause_seconds: tuple[float, float]) -> None:
        while self.kills.total() < times:
            await pause(self._chance.uniform(*pause_seconds))
            if self._chance.random() < 0.2:
                name = self._chance.choice(sorted(self._sockets))
                self.kills[name] += await asyncio.to_thread(_kill_listener, self._sockets[name])
                continue
            worker = self._chance.choice(self._workers)
            self.kills["worker"] += await asyncio.to_thread(worker.kill)
            await pause(self._chance.uniform(0, 0.5))
            worker.start()

    async def freeze(self, times: int, seconds: float) -> None:
        """Beside the strikes: one worker at a time stands still."""
        for _ in range(times):
            await self._chance.choice(self._workers).freeze(seconds)


async def pause(seconds: float) -> None:
    """Let time pass, which is what a nemesis waits for."""
    try:
        async with asyncio.timeout(seconds):
            await asyncio.get_running_loop().create_future()
    except TimeoutError:
        return


def _kill_listener(path: Path) -> bool:
    try:
        process = open_listener(path)
    except OSError:
        return False
    if process is None:
        return False
    try:
        signal.pidfd_send_signal(process, signal.SIGKILL)
    except ProcessLookupError:
        return False
    finally:
        os.close(process)
    return True
