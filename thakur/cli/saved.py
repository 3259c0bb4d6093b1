"""The login that is kept between runs: a server's address and a token, in a file that only its user may read."""

import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

from thakur.settings import ClientSettings


@dataclass(frozen=True)
class SavedLogin:
    """Where `thakur login` got in, with which token, and what the token is called there."""

    url: str
    token: str
    name: str


def with_login(settings: ClientSettings) -> ClientSettings:
    """The settings, with the saved login where the environment names no server."""
    saved = None if settings.api_url else read_login(settings)
    if saved is None:
        return settings
    return replace(settings, api_url=saved.url, token=settings.token or saved.token)


def read_login(settings: ClientSettings) -> SavedLogin | None:
    """What was kept, if anything was."""
    try:
        found = json.loads(_path(settings).read_text())
        return SavedLogin(str(found["url"]), str(found["token"]), str(found["name"]))
    except (OSError, ValueError, LookupError, TypeError):
        return None


def keep_login(settings: ClientSettings, login: SavedLogin) -> Path:
    """Keep it in place of what was kept; nobody else can read it for an instant either. Raises OSError."""
    path = _path(settings)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(json.dumps({"url": login.url, "token": login.token, "name": login.name}, indent=2) + "\n")
    fresh.replace(path)
    return path


def forget_login(settings: ClientSettings) -> None:
    """Keep nothing. May be called twice."""
    _path(settings).unlink(missing_ok=True)


def _path(settings: ClientSettings) -> Path:
    return settings.config_dir / "login.json"
