"""Following a log stream: its lines in order, over every break of the connection, until it ends."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from http.client import HTTPException, HTTPResponse
from typing import Any

from thakur.cli.client import Client
from thakur.cli.interface import AnswerUnreadable, Refused, ServerAbsent

RECONNECT_SECONDS = 60.0
PAUSE_SECONDS = 0.5

Line = dict[str, Any]


def follow(
    client: Client,
    path: str,
    on_break: Callable[[], None] = lambda: None,
    on_clear: Callable[[], None] = lambda: None,
) -> Iterator[Line]:
    """The stream's lines until its end; after a break it goes on behind the last line seen.

    `on_break` is called when nobody answers any more, `on_clear` when somebody removed the lines so far. Raises
    ServerAbsent, after 60 s of nobody answering, and Refused.
    """
    last: int | None = None
    goes_on_from = 0
    deadline: float | None = None
    has_answered = False
    while True:
        try:
            for kind, line in _events(client, path, last):
                has_answered, deadline = True, None
                if kind == "end":
                    return
                if kind == "cleared" and line is not None and line["goes_on_from"] > goes_on_from:
                    goes_on_from = line["goes_on_from"]
                    on_clear()
                elif kind == "message" and line is not None:
                    last = int(line["number"])
                    yield line
        except (ServerAbsent, Refused, OSError, HTTPException) as error:
            if not has_answered or not _may_pass(error) or (deadline is not None and time.monotonic() > deadline):
                raise _told(error) from error
        if deadline is None:
            deadline = time.monotonic() + RECONNECT_SECONDS
            on_break()
        threading.Event().wait(PAUSE_SECONDS)


def _events(client: Client, path: str, last: int | None) -> Iterator[tuple[str, Line | None]]:
    headers = {"Accept": "text/event-stream"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    with client.stream(path, headers) as response:
        yield from parse(response)


def parse(response: HTTPResponse) -> Iterator[tuple[str, Line | None]]:
    """The events of a response, each with its kind and data; a comment is an event of kind `ping`."""
    kind, data = "message", ""
    while raw := response.readline():
        name, _, value = raw.decode().rstrip("\n").partition(": ")
        if raw == b"\n":
            if data:
                yield kind, _line(data)
            kind, data = "message", ""
        elif not name.strip(": "):
            yield "ping", None
        elif name == "event":
            kind = value
        elif name == "data":
            data = value


def _line(data: str) -> Line | None:
    try:
        line = json.loads(data)
    except ValueError as error:
        raise AnswerUnreadable(f"A log line is no JSON: {data[:80]}") from error
    return line if isinstance(line, dict) and line else None


def _may_pass(error: Exception) -> bool:
    # A server that has just started may answer 503 until its database is there.
    return not isinstance(error, Refused) or error.problem.get("status", 0) >= 500


def _told(error: Exception) -> ServerAbsent | Refused:
    if isinstance(error, ServerAbsent | Refused):
        return error
    return ServerAbsent(f"The connection to the server broke: {error or 'it was closed'}")
