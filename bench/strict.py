"""The strict client: never retries, reads every reply to its last byte, and counts each way in which one can be wrong.

    python -m bench.strict --address 127.0.0.1:8080 --host shop.localhost --word hello --seconds 10 --json

Some connections are kept alive, others are made for one request each, and none of them pauses. A reply is right when its
status is 200, its body has the length that was announced, and holds one of the words. A kept connection is given up after
a reply with `Connection: close`, as HTTP asks; that is no failure. Any other end of it is one.
"""

import argparse
import asyncio
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Self

from bench.exchange import KINDS, Connection, Failure, Reply

REPLY_SECONDS = 10.0
EXAMPLES = 5


@dataclass
class Report:
    """What a load met. `words` counts the right replies by the word they held; times are milliseconds."""

    requests: int = 0
    failed: int = 0
    failures: dict[str, int] = field(default_factory=dict)
    words: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    per_second: float = 0.0
    p50_ms: float = 0.0
    p99_ms: float = 0.0
    max_ms: float = 0.0
    examples: list[str] = field(default_factory=list)


class StrictLoad:
    """Loads one host of one address while its `async with` block runs: `kept` + `fresh` clients.

    `last_sent[word]` is the latest `time.monotonic()` at which a request was sent whose reply held the word.
    """

    def __init__(
        self,
        address: str,
        host: str,
        words: Sequence[str],
        *,
        kept: int = 20,
        fresh: int = 20,
        path: str = "/",
        pause_seconds: float = 0.0,
        reply_seconds: float = REPLY_SECONDS,
    ) -> None:
        name, _, port = address.rpartition(":")
        self._address = (name.strip("[]"), int(port))
        self._question = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: strict\r\nAccept: */*\r\n".encode()
        self._words = [(word, word.encode()) for word in words]
        self._clients = (kept, fresh)
        self._pause_seconds = pause_seconds
        self._reply_seconds = reply_seconds
        self._failures: Counter[str] = Counter()
        self._examples: list[str] = []
        # When each right reply's request was sent, and how long it took.
        self._replies: list[tuple[float, float]] = []
        self._counts: Counter[str] = Counter()
        self._running: list[asyncio.Task[None]] = []
        self._is_over = False
        self._began = self._ended = 0.0
        self.last_sent: dict[str, float] = {}

    async def __aenter__(self) -> Self:
        kept, fresh = self._clients
        self._began = time.monotonic()
        loop = asyncio.get_running_loop()
        clients = [self._kept() for _ in range(kept)] + [self._fresh() for _ in range(fresh)]
        self._running = [loop.create_task(client) for client in clients]
        return self

    async def __aexit__(self, *failure: object) -> None:
        """Let every client finish the request that it has sent."""
        self._is_over = True
        await asyncio.gather(*self._running)
        self._ended = time.monotonic()

    @property
    def requests(self) -> int:
        """How many have been answered or lost so far."""
        return len(self._replies) + self._failures.total()

    async def until(self, requests: int) -> None:
        """Wait until so many have been made."""
        while self.requests < requests:
            await asyncio.sleep(0.01)

    def report(self) -> Report:
        """The figures so far."""
        seconds = (self._ended or time.monotonic()) - self._began
        times = sorted(latency for _, latency in self._replies)
        return Report(
            requests=self.requests,
            failed=self._failures.total(),
            failures={kind: self._failures[kind] for kind in KINDS if self._failures[kind]},
            words=dict(self._counts),
            seconds=round(seconds, 3),
            per_second=round(self.requests / seconds, 1) if seconds else 0.0,
            p50_ms=_percentile(times, 0.50),
            p99_ms=_percentile(times, 0.99),
            max_ms=_percentile(times, 1.0),
            examples=list(self._examples),
        )

    def p99_ms(self, counts: Callable[[float], bool]) -> float:
        """Of the requests whose time of sending, by `time.monotonic()`, counts."""
        return _percentile(sorted(latency for sent_at, latency in self._replies if counts(sent_at)), 0.99)

    async def _kept(self) -> None:
        connection: Connection | None = None
        while not self._is_over:
            connection = await self._one(connection, self._question + b"\r\n")
        if connection is not None:
            connection.close()

    async def _fresh(self) -> None:
        while not self._is_over:
            connection = await self._one(None, self._question + b"Connection: close\r\n\r\n")
            if connection is not None:
                connection.close()

    async def _one(self, connection: Connection | None, question: bytes) -> Connection | None:
        sent_at = time.monotonic()
        try:
            async with asyncio.timeout(self._reply_seconds):
                if connection is None:
                    connection = await Connection.open(self._address)
                sent_at = time.monotonic()
                reply = await connection.exchange(question)
            self._judge(reply, sent_at)
        except (Failure, TimeoutError, OSError) as error:
            self._count(error)
            if connection is not None:
                connection.close()
            # A refusal comes at once: without this a server that is away would be asked without end.
            await asyncio.sleep(max(0.01, self._pause_seconds))
            return None
        if self._pause_seconds:
            await asyncio.sleep(self._pause_seconds)
        if reply.closes:
            connection.close()
            return None
        return connection

    def _judge(self, reply: Reply, sent_at: float) -> None:
        if reply.status != 200:
            raise Failure("status", f"{reply.status} {reply.body[:60]!r}")
        for word, needle in self._words:
            if needle in reply.body:
                self._counts[word] += 1
                self.last_sent[word] = max(sent_at, self.last_sent.get(word, 0.0))
                self._replies.append((sent_at, time.monotonic() - sent_at))
                return
        raise Failure("wrong_body", repr(reply.body[:60]))

    def _count(self, error: Exception) -> None:
        if isinstance(error, Failure):
            kind = error.kind
        elif isinstance(error, TimeoutError):
            kind = "timeout"
        else:
            kind = "refused" if isinstance(error, ConnectionRefusedError) else "reset"
        self._failures[kind] += 1
        if len(self._examples) < EXAMPLES:
            self._examples.append(str(error) or kind)


def _percentile(times: list[float], share: float) -> float:
    if not times:
        return 0.0
    return round(times[max(0, math.ceil(len(times) * share) - 1)] * 1000, 3)


async def _load(options: argparse.Namespace) -> Report:
    load = StrictLoad(
        options.address, options.host, options.word, kept=options.kept, fresh=options.fresh, path=options.path
    )
    async with load:
        if options.requests:
            await load.until(options.requests)
        else:
            await asyncio.sleep(options.seconds)
    return load.report()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.strict", description="The strict client.")
    parser.add_argument("--address", default="127.0.0.1:8080", help="where to connect, as HOST:PORT")
    parser.add_argument("--host", required=True, help="the Host field")
    parser.add_argument("--word", action="append", required=True, help="a word that a right body holds; repeatable")
    parser.add_argument("--path", default="/")
    parser.add_argument("--kept", type=int, default=20, help="connections that are kept alive")
    parser.add_argument("--fresh", type=int, default=20, help="clients that connect for each request")
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--requests", type=int, default=0, help="how many, instead of how long")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    report = asyncio.run(_load(options))
    if options.json:
        print(json.dumps(asdict(report)))
    else:
        for name, value in asdict(report).items():
            print(f"{name:>10}  {value}")
    return 1 if report.failed or not report.requests else 0


if __name__ == "__main__":
    sys.exit(main())
