"""What the command line reads of the environment where it asks a server."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from thakur.settings.values import read_data_dir, read_url


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """What the CLI's client verbs need: where the API is. They never read a `.env`."""

    data_dir: Path
    api_url: str | None
    token: str | None
    project: str | None
    config_dir: Path

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "ClientSettings":
        found = dict(os.environ if env is None else env)  # noqa: TID251
        config_home = found.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
        return cls(
            data_dir=read_data_dir(found),
            api_url=read_url(found, "THAKUR_API_URL", ("http", "https")),
            token=found.get("THAKUR_TOKEN") or None,
            project=found.get("THAKUR_PROJECT") or None,
            config_dir=Path(config_home) / "thakur",
        )


def wants_color(env: Mapping[str, str] | None = None) -> bool:
    """Whether a terminal may be written to in colors: https://no-color.org."""
    found = os.environ if env is None else env  # noqa: TID251
    return not found.get("NO_COLOR") and found.get("TERM") != "dumb"


def has_screen(env: Mapping[str, str] | None = None) -> bool:
    """Whether a browser could show a page here, and not in the terminal."""
    found = os.environ if env is None else env  # noqa: TID251
    return sys.platform == "darwin" or any(found.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))
