"""Run a piece of a test in a process of its own, as another user."""

import asyncio
import ctypes
import os
import pickle
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

from support.uids import ours

NORMAL_UID = ours(54_321)
PR_SET_DUMPABLE = 4


async def in_a_child(uid: int, scenario: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """What `scenario(*args)` returns, run by `uid`; its failure is raised as an AssertionError with its traceback.

    Raises EOFError when the child was killed.
    """
    reader, writer = os.pipe()
    # A fork and no exec: the interpreter may lie where that user cannot reach it.
    pid = os.fork()
    if pid == 0:
        os.close(reader)
        _become(uid)
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


def _become(uid: int) -> None:
    if uid == os.geteuid():
        return
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)
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
