"""Tests of the dashboard's own host, through a real proxy worker that runs as the user it has in production."""

import asyncio
import ipaddress
import json
import os
import stat
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.services import Doubles
from support.visitors import ask, get
from thakur.accounts import Principal, Role
from thakur.api import Entrance, Visitors, create_app
from thakur.background import Tasks
from thakur.modes import dashboard
from thakur.modes.directories import prepare
from thakur.modes.listener import Listener
from thakur.modes.role import Role as Part
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Address, SettingInvalid, Settings
from thakur.stores import service_user

HOST = "deploy.example.com"
TRUSTED = (ipaddress.ip_network("127.0.0.1/32"),)


class KnownSessions:
    """Knows one secret, and from where it was shown last."""

    def __init__(self) -> None:
        self.address = ""

    async def principal(self, secret: str, address: str) -> Principal | None:
        self.address = address
        return Principal(actor="ada", team_id=1, roles={1: Role.OWNER}, session_id=1) if secret == "right" else None


@pytest.fixture
def sessions() -> KnownSessions:
    return KnownSessions()


@pytest.fixture
async def port(sessions: KnownSessions) -> AsyncIterator[int]:
    # Not below pytest's own directory: a socket's path must be short.
    with tempfile.TemporaryDirectory(prefix="thakur-") as name:
        data = Path(name) / "data"
        settings = Settings(data_dir=data, public_url=f"https://{HOST}", trusted_proxies=TRUSTED)
        prepare(settings, frozenset({Part.EDGE}))
        doubles, tasks, path = Doubles(), Tasks(), dashboard.socket_path(data)
        entrance = Entrance(is_proxy_only=True, trusted=TRUSTED, public_url=settings.public_url)
        visitors = Visitors(sessions, doubles.tokens, entrance)
        app = create_app(doubles.services(), visitors.principal_of, asyncio.Event(), entrance=entrance)
        listener = Listener(app, path, tasks, dashboard.hand_to_service_user)
        await listener.start()
        user = service_user()
        supervisor = Supervisor(
            Address("127.0.0.1", 0),
            data / "run" / "proxy",
            data / "artifacts",
            uid=user.uid if user else None,
            gid=user.gid if user else None,
            count=1,
            unix_sockets=path.parent,
        )
        proxy = LocalProxy(supervisor, settings.trusted_proxies)
        await proxy.start(*dashboard.own_routes(settings))
        if user is not None:
            assert path.stat().st_uid == path.parent.stat().st_uid == user.uid
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        yield supervisor.listens_on.port
        await proxy.stop(0)
        await listener.stop()
        await tasks.stop()


async def test_the_api_asked_through_the_proxy_without_a_token_is_401(port: int):
    for path in ("/api/v1/projects", "/api/v1/host", "/api/v1/login-links", "/", "/api/v1/tokens"):
        answer = await ask(port, get(path, HOST))
        assert (answer.status, json.loads(answer.body)["code"]) == (401, "principal_missing"), path
    assert (await ask(port, get("/up", HOST))).status == 200
    assert (await ask(port, get("/login", HOST))).status == 403
    assert (await ask(port, get("/up", "other.example.com"))).status == 404


async def test_a_session_is_believed_when_a_trusted_proxy_says_that_it_came_over_https(
    port: int, sessions: KnownSessions
):
    way = "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n"
    cookie = "Cookie: __Host-thakur_session=right\r\n"

    known = await ask(port, get("/api/v1/me", HOST, way + cookie))
    in_the_open = await ask(port, get("/api/v1/me", HOST, cookie))

    assert (known.status, json.loads(known.body)["actor"]) == (200, "ada")
    assert sessions.address == "192.0.2.7"
    assert in_the_open.status == 401


@pytest.mark.parametrize("host", ["shop.apps.example.com", "shop-git-main.apps.example.com"])
def test_a_host_that_a_project_could_have_stops_the_start(host: str):
    settings = Settings(data_dir=Path("/data"), base_domain="apps.example.com", public_url=f"https://{host}")

    with pytest.raises(SettingInvalid, match=f"THAKUR_PUBLIC_URL=https://{host}"):
        dashboard.check_host(settings)


@pytest.mark.parametrize(
    "host", ["thakur.apps.example.com", "apps.example.com", "deploy.example.com", "a.b.apps.example.com"]
)
def test_a_host_that_no_project_can_have_is_the_dashboard_s(host: str):
    settings = Settings(data_dir=Path("/data"), base_domain="apps.example.com", public_url=f"https://{host}")

    dashboard.check_host(settings)

    _, (route,) = dashboard.own_routes(settings)
    assert route.host == host


def test_without_a_public_url_the_proxy_leads_nobody_to_the_dashboard():
    settings = Settings(data_dir=Path("/data"))

    dashboard.check_host(settings)

    assert dashboard.own_routes(settings) == ([], [])
    assert os.fspath(dashboard.socket_path(Path("/data"))) == "/data/run/public/dashboard.sock"
