"""Deploys, rollbacks, restarts and upgrades of the platform itself under 100,000 strict requests: none of them fails."""

import asyncio
import http.client
import signal
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from bench.strict import StrictLoad
from support import releases, survivors
from support.loads import saying
from support.server import Server
from support.tables import Table
from support.waiting import eventually

SUBJECT = "acts under strict load, on kept and fresh connections"
WORDS = ("amber", "birch")
KEPT, FRESH = 20, 20
REQUESTS = 100_000
# Five of these, with an upgrade after the first, the third and the last.
ROUND = ("deploy", "deploy", "deploy", "deploy", "rollback", "restart")
ROUNDS = 5
VERSIONS = {0: "1001.0.0", 2: "1001.0.1", 4: "1001.1.0"}
BETWEEN_REQUESTS = 300
# What is at a switch: what was sent so long before or after the last answer of who served before.
AT_SWITCH_SECONDS = 0.5
GONE_SECONDS = 30


@dataclass
class Course:
    """What was done to one application while it was under load, when, and for how long."""

    server: Server
    folder: Path
    load: StrictLoad
    live: str = WORDS[0]
    spans: list[tuple[float, float]] = field(default_factory=list)
    seconds: dict[str, list[float]] = field(default_factory=dict)
    switches: list[float] = field(default_factory=list)
    marks: Iterator[int] = field(default_factory=count)

    async def act(self, verb: str) -> None:
        began = time.monotonic()
        before = self.live
        await asyncio.to_thread(getattr(self, verb))
        self.spans.append((began, time.monotonic()))
        self.seconds.setdefault(verb, []).append(round(time.monotonic() - began, 2))
        if self.live != before:
            await eventually(lambda: self.load.report().words.get(self.live, 0) > 0)
            self.switches.append(self.load.last_sent[before])
        await self.load.until(self.load.requests + BETWEEN_REQUESTS)

    def deploy(self) -> None:
        self.live = self._other()
        saying(self.folder, self.live)
        (self.folder / "mark.txt").write_text(str(next(self.marks)))
        self.server.deploy(self.folder, "acts")

    def rollback(self) -> None:
        self.server.run("rollback", "--project", "acts")
        self.live = self._other()

    def restart(self) -> None:
        birth = survivors.replicas(self.server.data_dir)["acts"]
        self.server.run("restart", "--project", "acts")
        assert survivors.replicas(self.server.data_dir)["acts"] != birth

    async def upgrade(self, python: str) -> None:
        """SIGTERM to the old one, then the new one; every proxy worker is a new process afterwards."""
        data, began = self.server.data_dir, time.monotonic()
        before, replica = survivors.workers(data), survivors.replicas(data)["acts"]
        idle = http.client.HTTPConnection(self.server.http, timeout=20)
        assert (await asyncio.to_thread(visit, idle)) == (200, None)
        assert self.server.process is not None
        self.server.process.send_signal(signal.SIGTERM)
        await asyncio.to_thread(self.server.process.wait, GONE_SECONDS)
        self.server.thakur = [python, "-m", "thakur"]
        self.server.settings["PYTHONPATH"] = ""
        await asyncio.to_thread(self.server.start)
        assert (await asyncio.to_thread(visit, idle)) == (200, "close"), "the old worker is there for its visitor"
        await eventually(lambda: not any(map(survivors.is_alive, before)), within_seconds=GONE_SECONDS)
        self.spans.append((began, time.monotonic()))
        self.seconds.setdefault("upgrade", []).append(round(time.monotonic() - began, 2))
        assert len(survivors.workers(data)) == len(before)
        assert not set(before) & set(survivors.workers(data)), "every proxy worker has a new pid"
        assert survivors.replicas(data)["acts"] == replica, "and no application has"
        await self.load.until(self.load.requests + BETWEEN_REQUESTS)

    def is_at_switch(self, sent_at: float) -> bool:
        return any(abs(sent_at - switched) <= AT_SWITCH_SECONDS for switched in self.switches)

    def is_within(self, sent_at: float) -> bool:
        return any(begin <= sent_at <= end for begin, end in self.spans)

    def _other(self) -> str:
        (other,) = set(WORDS) - {self.live}
        return other


def visit(connection: http.client.HTTPConnection) -> tuple[int, str | None]:
    """Ask on a connection that is kept and mostly idle: the status, and what the answer says of the connection."""
    connection.request("GET", "/", headers={"Host": "acts.localhost"})
    # Never made anew: it is this connection that has to last.
    connection.auto_open = 0
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.getheader("Connection")


async def test_no_request_is_lost(bare: Server, place: Path, table: Table) -> None:
    folder = saying(place / "acts", WORDS[0])
    await asyncio.to_thread(bare.deploy, folder, "acts")
    pythons = {
        number: await asyncio.to_thread(releases.install, place / version, version)
        for number, version in VERSIONS.items()
    }

    async with StrictLoad(bare.http, "acts.localhost", WORDS, kept=KEPT, fresh=FRESH) as load:
        course = Course(bare, folder, load)
        await load.until(2_000)
        for number in range(ROUNDS):
            for verb in ROUND:
                await course.act(verb)
            if number in pythons:
                await course.upgrade(pythons[number])
        await load.until(max(REQUESTS, load.requests + 2_000))

    report = load.report()
    for verb, seconds in course.seconds.items():
        table.add(
            what=f"{len(seconds)} {verb}s" if len(seconds) > 1 else verb,
            median=f"{statistics.median(seconds):.1f} s",
            slowest=f"{max(seconds):.1f} s",
        )
    table.add(
        what="all of them",
        failed=f"{report.failed} of {report.requests}",
        per_second=f"{report.per_second:.0f}",
        p50=f"{report.p50_ms:.0f} ms",
        p99_at_rest=f"{load.p99_ms(lambda at: not course.is_within(at) and not course.is_at_switch(at)):.0f} ms",
        p99_within_acts=f"{load.p99_ms(course.is_within):.0f} ms",
        p99_at_a_switch=f"{load.p99_ms(course.is_at_switch):.0f} ms",
        longest=f"{report.max_ms:.0f} ms",
    )
    assert (report.failed, report.examples) == (0, [])
    assert report.requests >= REQUESTS
    assert {verb: len(seconds) for verb, seconds in course.seconds.items()} == {
        "deploy": 20,
        "rollback": 5,
        "restart": 5,
        "upgrade": 3,
    }
    assert VERSIONS[4] in bare.run("doctor", "--json", check=False).out


async def test_the_load_itself_would_tell(bare: Server, table: Table) -> None:
    async with StrictLoad(bare.http, "acts.localhost", WORDS, kept=KEPT, fresh=FRESH) as load:
        await load.until(2_000)
        for pid in survivors.workers(bare.data_dir):
            # Both at once, so that what they hold is cut: a client that never saw that would prove nothing above.
            survivors.kill(pid)
        await load.until(load.requests + 2_000)

    table.add(
        what="both proxy workers killed, for comparison", failed=f"{load.report().failed} of {load.report().requests}"
    )
    assert load.report().failed > 0
