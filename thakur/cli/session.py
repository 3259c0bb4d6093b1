"""What every client verb begins with: whom to ask, and about which project."""

import argparse
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from thakur.cli.client import Client
from thakur.cli.interface import WrongUsage
from thakur.cli.remembered import remembered_project
from thakur.cli.saved import with_login
from thakur.settings import ClientSettings


@dataclass(frozen=True)
class Session:
    """One run of a client verb."""

    settings: ClientSettings
    client: Client

    def project(self, args: argparse.Namespace) -> str:
        """The project that is meant. Raises WrongUsage."""
        name = args.project or self.settings.project or remembered_project(self.settings, Path.cwd())
        if not name:
            raise WrongUsage("Which project?", hint="Add --project NAME. See them with: thakur projects")
        return str(name)


def open_session() -> Session:
    """Read the environment and the saved login; nothing is asked yet."""
    settings = with_login(ClientSettings.from_env())
    return Session(settings, Client(settings))


def project_path(name: str, *parts: object) -> str:
    """The path of a project, or of something of its own."""
    return "/".join(["projects", quote(name, safe=""), *(str(part) for part in parts)])
