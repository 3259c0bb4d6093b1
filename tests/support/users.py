"""Run a piece of a test as a normal user, in a child process."""

import asyncio
import ctypes
import os
import pickle
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

NORMAL_UID = 54_321
PR_SET_DUMPABLE = 4


async def as_normal_user(scenario: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """What `scenario(*args)` returns, run by NORMAL_UID; its failure is raised as an AssertionError with its traceback."""
    reader, writer = os.pipe()
    # A fork and no exec: the interpreter may lie where that user cannot reach it.
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _become_normal_user()
        _play(writer, scenario, args)
    os.close(writer)
    try:
        answer = await asyncio.to_thread(_read_all, reader)
    finally:
        os.close(reader)
        os.waitpid(pid, 0)
    is_failure, value = pickle.loads(answer)
    assert not is_failure, value
    return value


def _become_normal_user() -> None:
    os.setgroups([])
    os.setresgid(NORMAL_UID, NORMAL_UID, NORMAL_UID)
    os.setresuid(NORMAL_UID, NORMAL_UID, NORMAL_UID)
    # A process that changed its uid loses its own /proc files until it says otherwise.
    ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)


def _play(writer: int, scenario: Callable[..., Awaitable[Any]], args: tuple[Any, ...]) -> None:
    try:
        answer = (False, asyncio.run(scenario(*args)))
    except BaseException:
        answer = (True, traceback.format_exc())
    try:
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(pickle.dumps(answer))
    finally:
        os._exit(0)


def _read_all(reader: int) -> bytes:
    read = b""
    while chunk := os.read(reader, 65536):
        read += chunk
    return read
