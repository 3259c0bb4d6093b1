"""The stores' directory: what must lie in it before a server starts."""

import stat
from pathlib import Path

from thakur.stores.confined import accounts
from thakur.stores.identity import ServiceUser, hand_over
from thakur.stores.interface import DevNullBroken, StoreFailed

DEV_NULL = Path("/dev/null")


def prepare(directory: Path, user: ServiceUser | None) -> None:
    """Make what is missing. Raises StoreFailed when it belongs to another user, DevNullBroken."""
    _require_dev_null()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("run", "valkey"):
            (directory / name).mkdir(mode=0o700, exist_ok=True)
        hand_over(directory / "run", user)
        configuration = directory / "conf"
        configuration.mkdir(exist_ok=True)
        configuration.chmod(0o755)
        for name, text in _configuration(user).items():
            file = configuration / name
            # A running server reads these at any time: what is right already is not touched.
            if not file.exists() or file.read_text() != text:
                file.write_text(text)
                file.chmod(0o644)
    except PermissionError as error:
        raise StoreFailed(
            f"The stores in {directory} belong to another user", hint="Start as the user who made the data directory."
        ) from error


def _configuration(user: ServiceUser | None) -> dict[str, str]:
    passwd, group = accounts(user)
    # Run as root, only root connects: the service user's other processes have no business in the database.
    method = "peer map=operator" if user else "trust"
    return {
        "passwd": passwd,
        "group": group,
        "pg_hba.conf": f"local all all {method}\n",
        "pg_ident.conf": "operator root thakur\n",
    }


def _require_dev_null() -> None:
    mode = DEV_NULL.stat().st_mode
    if not stat.S_ISCHR(mode) or mode & 0o666 != 0o666:
        raise DevNullBroken(
            f"/dev/null has mode {stat.filemode(mode)}; everybody must be able to write to it",
            hint="Make it again: rm -f /dev/null && mknod -m 666 /dev/null c 1 3",
        )
