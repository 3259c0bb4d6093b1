"""Small GETs as fast as they go: by wrk when it is installed, else by the strict client."""

import asyncio
import re
import shutil
from dataclasses import dataclass

from bench.strict import StrictLoad

CONNECTIONS = 64
FIELDS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-US,en;q=0.5",
    "Accept-Encoding: gzip, deflate, br",
    "Referer: http://bench.localhost/",
    "Cookie: session=0123456789abcdef0123456789abcdef; theme=dark",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Cache-Control: max-age=0",
)


@dataclass(frozen=True)
class Load:
    """What came back."""

    requests: int
    per_second: float
    failed: int


async def load(address: str, host: str, seconds: float) -> Load:
    """Send small GETs over 64 kept-alive connections for so long."""
    program = shutil.which("wrk")
    if program is None:
        async with StrictLoad(address, host, ["x"], kept=CONNECTIONS, fresh=0) as strict:
            await asyncio.sleep(seconds)
        report = strict.report()
        return Load(report.requests, report.per_second, report.failed)
    argv = [program, "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
    for field in (f"Host: {host}", *FIELDS):
        argv += ["-H", field]
    running = await asyncio.create_subprocess_exec(*argv, f"http://{address}/", stdout=asyncio.subprocess.PIPE)
    output, _ = await running.communicate()
    return parse(output.decode())


def parse(output: str) -> Load:
    """The figures of wrk's own report."""
    requests = re.search(r"(\d+) requests in", output)
    per_second = re.search(r"Requests/sec:\s+([\d.]+)", output)
    refused = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    broken = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)", output)
    failed = int(refused.group(1)) if refused else 0
    failed += sum(int(count) for count in broken.groups()) if broken else 0
    if requests is None or per_second is None:
        return Load(0, 0.0, failed)
    return Load(int(requests.group(1)), float(per_second.group(1)), failed)
