"""The birth of a worker: its words, its descriptors, its log."""

import hashlib
import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from thakur.proxy.places import Place
from thakur.proxy.process import Process

PROGRAM = Path(__file__).parent / "dataplane" / "worker.py"
LOG_TAIL_BYTES = 400
_HOME = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Launcher:
    """What all workers of one data directory are started with."""

    directory: Path
    static_root: Path
    uid: int | None = None
    gid: int | None = None
    program: Path = PROGRAM
    unix_sockets: Path | None = None

    def start(self, place: Place, key: str) -> Process:
        """A worker at that place."""
        listening = (place.visitors.fileno(), place.control.fileno(), place.door.fileno())
        reader, writer = os.pipe()
        log = os.open(self._log(place.number), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(writer, key.encode())
            os.close(writer)
            return Process.start(self._argv(*listening, reader), (*listening, reader), log)
        finally:
            os.close(reader)
            os.close(log)

    def digest(self) -> str:
        """What a worker's program is made of, in short: one that was started from other files is another program."""
        files = sorted(self.program.parent.rglob("*.py"))
        return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]

    def last_words(self, number: int) -> str:
        """The end of what the workers of that place have said."""
        try:
            lines = self._log(number).read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").split("\n")
        except OSError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _argv(self, visitors: int, control: int, door: int, key: int) -> list[str]:
        argv = [sys.executable, "-I", "-S", str(self.program), "--home", str(_HOME)]
        argv += ["--listen", str(visitors), "--control", str(control), "--probe", str(door), "--key", str(key)]
        argv += ["--static-root", str(self.static_root)]
        if self.unix_sockets is not None:
            argv += ["--sockets", str(self.unix_sockets)]
        if self.uid is not None and self.gid is not None:
            argv += ["--uid", str(self.uid), "--gid", str(self.gid)]
        return argv

    def _log(self, number: int) -> Path:
        return self.directory / f"worker-{number}.log"


def log_number(name: str) -> int | None:
    """Whose log a file of that name is: the number of a worker's place."""
    found = re.fullmatch(r"worker-(\d+)\.log", name)
    return int(found[1]) if found else None
