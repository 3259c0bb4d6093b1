"""Which uids this data directory's tenants have, so that two servers on one host never share one."""

import contextlib
import fcntl
import hashlib
import os
import pwd
from collections.abc import Iterator
from pathlib import Path

from thakur import durable
from thakur.sandbox.interface import UidsExhausted

DEFAULT_DATA_DIR = Path("/var/lib/thakur")
FIRST_BASE = 610_000
BLOCK = 10_000
# Blocks after the default one, up to uid 1,610,000.
BLOCKS = 100
CLAIMS = Path("/run/lock/thakur-uids")
KEPT_IN = "uid-base"
SUBORDINATES = (Path("/etc/subuid"), Path("/etc/subgid"))


def server_id(data_dir: Path) -> str:
    """A short name for the server of this data directory, the same in each of its processes."""
    return hashlib.sha256(os.fsencode(os.path.realpath(data_dir))).hexdigest()[:8]


def root_name(data_dir: Path) -> str:
    """What this server's sandboxes and control groups are called by."""
    return f"thakur-{server_id(data_dir)}"


def tenant_uid(base: int, project_id: int) -> int:
    """Raises UidsExhausted."""
    if not 0 < project_id < BLOCK:
        raise UidsExhausted(
            f"Project {project_id} has no uid: this data directory's block of {BLOCK} is used up.",
            hint="Set up a second data directory for further projects.",
        )
    return base + project_id


def uid_base(data_dir: Path, claims: Path | None = None) -> int:
    """The first uid of this data directory's block: kept in it, or taken now. Only root needs one.

    Raises UidsExhausted.
    """
    if os.path.realpath(data_dir) == str(DEFAULT_DATA_DIR):
        return FIRST_BASE
    claims = claims or CLAIMS
    claims.mkdir(mode=0o755, parents=True, exist_ok=True)
    with _locked(claims / "lock"):
        kept = _kept(data_dir)
        base = _take(data_dir, claims) if kept is None else kept
        (claims / str(base)).write_text(os.path.realpath(data_dir))
        if kept is None:
            durable.replace(data_dir / KEPT_IN, f"{base}\n".encode())
        return base


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _kept(data_dir: Path) -> int | None:
    try:
        return int((data_dir / KEPT_IN).read_text())
    except (FileNotFoundError, ValueError):
        return None


def _take(data_dir: Path, claims: Path) -> int:
    # Claims are forgotten at a reboot: starting elsewhere for each directory keeps two from meeting even then.
    first = int(server_id(data_dir), 16) % BLOCKS
    taken = _taken_uids()
    for step in range(BLOCKS):
        base = FIRST_BASE + BLOCK * (1 + (first + step) % BLOCKS)
        if not _is_claimed(claims / str(base)) and not any(base <= uid < base + BLOCK for uid in taken):
            return base
    raise UidsExhausted(
        f"No free block of {BLOCK} uids is left on this host.",
        hint=f"Remove data directories that are no longer used; {claims} names who took which.",
    )


def _is_claimed(claim: Path) -> bool:
    try:
        owner = Path(claim.read_text())
    except FileNotFoundError:
        return False
    return _kept(owner) == int(claim.name)


def _taken_uids() -> set[int]:
    taken = {entry.pw_uid for entry in pwd.getpwall()}
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            with contextlib.suppress(OSError):
                taken.add(process.stat().st_uid)
    for path in SUBORDINATES:
        with contextlib.suppress(OSError):
            for line in path.read_text().splitlines():
                _, start, count = line.split(":")
                # Once per block that it meets: such a range may hold a billion uids.
                end = min(int(start) + int(count), FIRST_BASE + BLOCK * (BLOCKS + 1))
                first = max(int(start), FIRST_BASE)
                if first < end:
                    taken.update((*range(first, end, BLOCK), end - 1))
    return taken
