"""The data directory's own directories and the key file, made before anything else is."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thakur.modes.dashboard import hand_to_service_user, socket_path
from thakur.modes.role import WITH_DATABASE, Role
from thakur.security import load_or_create_ring
from thakur.settings import SettingInvalid, Settings


def prepare(settings: Settings, roles: frozenset[Role]) -> None:
    """Make what is missing; the master key only for a role that has the database. Raises SettingInvalid, KeyUnusable."""
    data = settings.data_dir
    with _usable(
        "THAKUR_DATA_DIR",
        data,
        "Name one that this user may write or make, such as: THAKUR_DATA_DIR=~/thakur thakur serve",
    ):
        data.mkdir(mode=0o755, parents=True, exist_ok=True)
        for name in ("run", "keys", "edge", "builds", "uploads"):
            (data / name).mkdir(mode=0o700, exist_ok=True)
        (data / "artifacts").mkdir(mode=0o755, exist_ok=True)
        public = socket_path(data).parent
        public.mkdir(mode=0o700, exist_ok=True)
        hand_to_service_user(public)
    if not roles & WITH_DATABASE:
        return
    with _usable(
        "THAKUR_DATA_DIR", data, "Name one that this user may write, such as: THAKUR_DATA_DIR=~/thakur thakur serve"
    ):
        if settings.secret_key_file is None:
            load_or_create_ring(data / "secret.key")
    if settings.secret_key_file is not None:
        hint = "Name a file in a directory that exists and that this user can write."
        with _usable("THAKUR_SECRET_KEY_FILE", settings.secret_key_file, hint):
            load_or_create_ring(settings.secret_key_file)


@contextmanager
def _usable(variable: str, path: Path, hint: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise SettingInvalid(f"{variable}={path} cannot be used: {error.strerror}", hint=hint) from error
