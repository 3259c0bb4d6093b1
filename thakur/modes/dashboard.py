"""The dashboard's own host: where the proxy leads it to, and that it is nobody else's."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from thakur.projects import may_be_application
from thakur.proxy import Pool, Route, Upstream
from thakur.settings import SettingInvalid, Settings
from thakur.stores import service_user

SOCKET = "dashboard.sock"
POOL = "dashboard"


def socket_path(data_dir: Path) -> Path:
    """Where the proxy's workers, and nobody else's users, reach the dashboard."""
    return data_dir / "run" / "public" / SOCKET


def host_of(settings: Settings) -> str | None:
    """The dashboard's host name, if it has one."""
    return urlsplit(settings.public_url).hostname if settings.public_url else None


def check_host(settings: Settings) -> None:
    """Raises SettingInvalid for a host that an application has, or could come to have."""
    host = host_of(settings)
    if host is not None and may_be_application(host, settings.base_domain):
        raise SettingInvalid(
            f"THAKUR_PUBLIC_URL={settings.public_url} is where a project of that name appears",
            hint=f"Take a name that no project can have, such as thakur.{settings.base_domain}.",
        )


def own_routes(settings: Settings) -> tuple[list[Pool], list[Route]]:
    """What the proxy knows besides applications; no deployment takes it away."""
    host = host_of(settings)
    if host is None:
        return [], []
    return [Pool(id=POOL, upstreams=(Upstream(SOCKET, 0),))], [Route(host, POOL)]


def hand_to_service_user(path: Path) -> None:
    """Let the user that the workers are, and nobody else, open it."""
    user = service_user()
    if user is not None:
        os.chown(path, user.uid, user.gid)
