"""The host of an edge, measured: from the kernel's own files, without asking anybody."""

import os
import re
from importlib.metadata import version
from pathlib import Path

from thakur.runtime.facts import EdgeFacts
from thakur.sandbox import Enforcement

_FIELD = re.compile(r"^(\w+):\s+(\d+) kB", re.MULTILINE)


def measured(data_dir: Path, replicas: int, enforcement: Enforcement) -> EdgeFacts:
    """The facts of this host now; its disk is the one that holds the data directory."""
    memory = {name: int(kilobytes) * 1024 for name, kilobytes in _FIELD.findall(Path("/proc/meminfo").read_text())}
    disk = os.statvfs(data_dir)
    missing = enforcement.missing()
    return EdgeFacts(
        version=version("thakur-deploy"),
        cpus=os.cpu_count() or 1,
        load=round(os.getloadavg()[0], 2),
        memory_bytes=memory["MemTotal"],
        memory_used_bytes=memory["MemTotal"] - memory["MemAvailable"],
        disk_bytes=disk.f_blocks * disk.f_frsize,
        # What is kept for root alone is no space for anybody else.
        disk_used_bytes=(disk.f_blocks - disk.f_bavail) * disk.f_frsize,
        replicas=replicas,
        enforced=tuple(name for name in enforcement.__struct_fields__ if name not in missing),
        not_enforced=missing,
    )
