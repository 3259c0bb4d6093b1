"""What is left on this host of a server: processes, control groups, listeners, sockets."""

import socket
from pathlib import Path

from thakur.sandbox import root_name


def processes(data_dir: Path) -> dict[int, str]:
    """Everything that runs for a data directory, by pid: who names it, lies in it or has it mounted."""
    found = {}
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and (told := _tells_of(process, str(data_dir))):
            found[int(process.name)] = told
    return found


def remains(data_dir: Path, *addresses: str) -> list[str]:
    """One line for each thing; nothing when the server has left nothing behind."""
    found = [f"process {pid}: {told}" for pid, told in processes(data_dir).items()]
    groups = Path("/sys/fs/cgroup")
    found += [f"group {group}" for depth in ("*", "*/*") for group in groups.glob(f"{depth}/{root_name(data_dir)}")]
    found += [f"socket {path}" for path in data_dir.rglob("*") if path.is_socket()]
    return found + [f"listener {address}" for address in addresses if _is_taken(address)]


def proportional_bytes(data_dir: Path) -> dict[str, int]:
    """Memory by program, each shared page counted by its share."""
    found: dict[str, int] = {}
    for pid, told in processes(data_dir).items():
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        kilobytes = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        name = told.split(" ")[0].rpartition("/")[2].rstrip(":")
        found[name] = found.get(name, 0) + kilobytes * 1024
    return found


def _tells_of(process: Path, data_dir: str) -> str:
    try:
        command = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        told = [
            command,
            (process / "environ").read_bytes().decode(errors="replace"),
            (process / "mountinfo").read_text(),
        ]
        told.append(str((process / "cwd").readlink()))
    except OSError:
        return ""
    # A process that is dead and not yet buried has no command line.
    return command if any(data_dir in text for text in told) else ""


def _is_taken(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0
