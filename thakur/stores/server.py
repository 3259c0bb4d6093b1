"""One embedded server's life: launched, awaited, ended."""

import os
import select
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from thakur.stores.confined import ENVIRONMENT, Place, detached
from thakur.stores.interface import StoreFailed
from thakur.stores.sockets import end_listener, is_listening
from thakur.stores.waiting import PAUSE_SECONDS

START_SECONDS = 60.0
STOP_SECONDS = 30.0
KILL_SECONDS = 5.0
LOG_TAIL_BYTES = 2000


def launch(name: str, place: Place, command: Sequence[str], log: Path, is_ready: Callable[[], bool]) -> None:
    """Start a server that outlives us and wait until it is ready.

    Raises StoreFailed with the end of its log.
    """
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    life, mine = os.pipe()
    try:
        with log.open("wb") as output:
            _start(place.argv(detached(command)), output.fileno(), mine)
        os.close(mine)
        mine = -1
        failure = _await_ready(life, is_ready)
    finally:
        os.close(life)
        if mine >= 0:
            os.close(mine)
    if failure:
        raise StoreFailed(f"{name} {failure}: {_tail(log)}", hint=f"Its log is {log}.")


def end(name: str, socket_path: Path, number: signal.Signals, harder: signal.Signals) -> None:
    """Stop a server through its socket, the gentle way first. Raises StoreFailed."""
    if end_listener(socket_path, number, STOP_SECONDS) or end_listener(socket_path, harder, KILL_SECONDS):
        return
    if is_listening(socket_path):
        raise StoreFailed(f"{name} did not stop within {STOP_SECONDS + KILL_SECONDS:g} s")


def run(name: str, place: Place, command: Sequence[str], hint: str = "") -> None:
    """Run a program to its end. Raises StoreFailed with what it wrote."""
    done = subprocess.run(
        place.argv(command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=ENVIRONMENT,
        cwd="/",
        start_new_session=True,
        timeout=START_SECONDS,
        check=False,
    )
    if done.returncode:
        raise StoreFailed(f"{name} failed: {_text(done.stdout)}", hint=hint)


def is_running(pid: int, program: str) -> bool:
    """Say whether that pid is a live process of that program: no zombie, no stranger with the same number."""
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(") ")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return name == program and not rest.startswith(("Z", "X"))


def _start(argv: list[str], output: int, life: int) -> None:
    # Whoever holds `life` is the server or its children: its other end closes when all of them are gone.
    subprocess.run(
        argv,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
        env=ENVIRONMENT,
        cwd="/",
        pass_fds=(life,),
        start_new_session=True,
        timeout=START_SECONDS,
        check=False,
    )


def _await_ready(life: int, is_ready: Callable[[], bool]) -> str:
    ending = select.poll()
    ending.register(life, select.POLLIN)
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if is_ready():
            return ""
        if ending.poll(PAUSE_SECONDS * 1000):
            return "did not start"
    return f"was not ready within {START_SECONDS:g} s"


def _tail(log: Path) -> str:
    with log.open("rb") as file:
        file.seek(max(0, log.stat().st_size - LOG_TAIL_BYTES))
        return _text(file.read())


def _text(output: bytes) -> str:
    return output[-LOG_TAIL_BYTES:].decode(errors="replace").strip() or "it wrote nothing"
