"""Small GETs through one Thakur worker and through nginx with one worker, in turns: the ratio is what counts.

    python -m bench.small_get            six rounds; fails below 0.7
    python -m bench.small_get --smoke    one short round; fails only when something does not work

Both proxies forward to the same nginx, which answers 200 bytes at once; 64 connections. The proxies share one core, the
upstream and the client the other, so what is measured is the proxy. nginx (Debian's package) is needed; wrk is used when
it is there, else a client of our own, which is slower than the proxies and only good for the smoke.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from bench.nginx import Nginx
from bench.wrk import Load, load
from thakur.proxy import Pool, Route, Upstream
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Address

HOST = "bench.localhost"
ROUNDS, ROUND_SECONDS = 6, 2.0
SMOKE_SECONDS = 0.5
RATIO = 0.7
PSS_BYTES = 20 * 1024 * 1024


@dataclass(frozen=True)
class Contender:
    """A proxy under test."""

    name: str
    address: str
    pid: int

    def cpu_seconds(self) -> float:
        return int(Path(f"/proc/{self.pid}/schedstat").read_text().split()[0]) / 1e9

    def pss_bytes(self) -> int:
        for line in Path(f"/proc/{self.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) * 1024
        return 0


@dataclass(frozen=True)
class Figures:
    """One contender's part of one round."""

    load: Load
    cpu_us: float


async def measure(contender: Contender, seconds: float) -> Figures:
    before = contender.cpu_seconds()
    done = await load(contender.address, HOST, seconds)
    cpu = contender.cpu_seconds() - before
    print(
        f"  {contender.name:8} {done.per_second:9.0f} req/s   {cpu / max(done.requests, 1) * 1e6:6.1f} CPU-us"
        f"   {done.failed} failed",
        flush=True,
    )
    return Figures(done, cpu / max(done.requests, 1) * 1e6)


async def compare(contenders: list[Contender], rounds: int, seconds: float) -> dict[str, list[Figures]]:
    figures: dict[str, list[Figures]] = {contender.name: [] for contender in contenders}
    for contender in contenders:
        await load(contender.address, HOST, seconds / 2)
    for number in range(rounds):
        print(f"round {number + 1} of {rounds}")
        turn = number % len(contenders)
        for contender in contenders[turn:] + contenders[:turn]:
            figures[contender.name].append(await measure(contender, seconds))
    return figures


async def contest(rounds: int, seconds: float) -> tuple[list[Contender], dict[str, list[Figures]]]:
    async with AsyncExitStack() as running:
        directory = Path(running.enter_context(tempfile.TemporaryDirectory(prefix="thakur-bench-")))
        # Whatever starts from here on inherits this; the proxies are moved away afterwards.
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, cores[:1])
        upstream = running.enter_context(Nginx.answering(directory / "upstream", 200))
        nginx = running.enter_context(Nginx.forwarding(directory / "nginx", upstream.port))
        supervisor = Supervisor(Address("127.0.0.1", 0), directory / "run", directory / "static", count=1)
        proxy = LocalProxy(supervisor)
        await proxy.start()
        running.push_async_callback(proxy.stop, 1)
        await proxy.add(Pool(id="upstream", upstreams=(Upstream("127.0.0.1", upstream.port),)))
        await proxy.route((Route(HOST, "upstream"),))
        contenders = [
            Contender("nginx", f"127.0.0.1:{nginx.port}", nginx.worker_pid()),
            Contender("thakur", proxy.listens_on(), supervisor.pids()[0]),
        ]
        for contender in contenders:
            os.sched_setaffinity(contender.pid, cores[-1:])
        figures = await compare(contenders, rounds, seconds)
        for contender in contenders:
            print(f"{contender.name:8} PSS {contender.pss_bytes() / 1024**2:5.1f} MB", flush=True)
        return contenders, figures


def verdict(figures: dict[str, list[Figures]], *, is_smoke: bool) -> int:
    if any(not part.load.requests or part.load.failed for parts in figures.values() for part in parts):
        print("FAILED: requests went wrong")
        return 1
    pairs = list(zip(figures["thakur"], figures["nginx"], strict=True))
    ratios = [ours.load.per_second / theirs.load.per_second for ours, theirs in pairs]
    costs = [ours.cpu_us / theirs.cpu_us for ours, theirs in pairs]
    print("ratios   " + " ".join(f"{ratio:.2f}" for ratio in ratios))
    print(f"median   {statistics.median(ratios):.2f} of nginx in req/s, {statistics.median(costs):.2f} of its CPU time")
    if not is_smoke and statistics.median(ratios) < RATIO:
        print(f"FAILED: below {RATIO}")
        return 1
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.small_get", description="The proxy against nginx.")
    parser.add_argument("--smoke", action="store_true", help="one short round, to see that everything works")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=ROUND_SECONDS, help="of each part of a round")
    options = parser.parse_args()
    rounds, seconds = (1, SMOKE_SECONDS) if options.smoke else (options.rounds, options.seconds)
    _, figures = asyncio.run(contest(rounds, seconds))
    return verdict(figures, is_smoke=options.smoke)


if __name__ == "__main__":
    sys.exit(main())
