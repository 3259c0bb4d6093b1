"""Tests of thakur login and logout, against a real listener on loopback."""

import asyncio
import json
import socket
import stat
import threading
from collections.abc import Iterator

import pytest
from granian.constants import Interfaces
from granian.server.embed import Server as Granian

from support.fake_accounts import OPERATOR
from support.server import free_port
from support.services import Doubles
from support.waiting import wait_until
from thakur.api import create_app
from thakur.cli.saved import SavedLogin, keep_login, read_login, with_login
from thakur.settings import ClientSettings


@pytest.fixture
def there(data_dir, monkeypatch) -> Iterator[tuple[str, Doubles]]:
    """A server at an address, which lets everybody in."""
    doubles, port = Doubles(), free_port()
    monkeypatch.setattr("thakur.api.resources.devices.INTERVAL_SECONDS", 0)

    async def anybody(scope):
        return OPERATOR

    async def serve():
        server = Granian(
            create_app(doubles.services(), anybody, asyncio.Event()),
            address="127.0.0.1",
            port=port,
            interface=Interfaces.ASGI,
            log_enabled=False,
            websockets=False,
        )
        serving = asyncio.get_running_loop().create_task(server.serve())
        await asyncio.to_thread(over.wait)
        server.stop()
        await serving

    over = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    wait_until(lambda: _answers(port), 10)
    yield f"http://127.0.0.1:{port}", doubles
    over.set()
    thread.join(10)


def _answers(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_login_is_confirmed_kept_and_used_by_every_verb(thakur, there):
    url, doubles = there

    done = thakur("login", url)

    assert (done.status, done.out) == (0, f"{url}\n")
    assert "BCDF-GHJK" in done.err
    settings = ClientSettings.from_env()
    kept = settings.config_dir / "login.json"
    saved = read_login(settings)
    assert saved is not None
    assert (saved.url, saved.token) == (url, f"thk_secret-of-{saved.name}")
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert saved.token not in done.out + done.err
    assert [row["name"] for row in json.loads(thakur("tokens", "--json").out)] == [saved.name]

    out = thakur("logout")

    assert (out.status, doubles.tokens.rows, kept.exists()) == (0, {}, False)
    assert thakur("logout").status == 0


def test_a_refused_login_keeps_nothing(thakur, there):
    url, doubles = there
    doubles.devices.answer = False

    done = thakur("login", url)

    assert (done.status, "refused" in done.err) == (1, True)
    assert read_login(ClientSettings.from_env()) is None


@pytest.mark.parametrize("url", ["http://deploy.example.com", "deploy.example.com", "ftp://127.0.0.1"])
def test_a_token_never_travels_in_the_open(thakur, data_dir, url):
    assert thakur("login", url).status == 2


def test_a_logout_forgets_also_when_the_server_is_away(thakur, data_dir):
    settings = ClientSettings.from_env()
    keep_login(settings, SavedLogin("http://127.0.0.1:1", "thk_x", "laptop"))

    done = thakur("logout")

    assert done.status == 0
    assert "may still be let in" in done.err
    assert read_login(settings) is None


def test_what_the_environment_names_beats_what_was_kept(data_dir, monkeypatch):
    keep_login(ClientSettings.from_env(), SavedLogin("https://kept.example.com", "thk_kept", "laptop"))
    assert with_login(ClientSettings.from_env()).token == "thk_kept"

    monkeypatch.setenv("THAKUR_TOKEN", "thk_other")
    assert with_login(ClientSettings.from_env()).token == "thk_other"
    monkeypatch.setenv("THAKUR_API_URL", "https://named.example.com")
    monkeypatch.delenv("THAKUR_TOKEN")
    named = with_login(ClientSettings.from_env())
    assert (named.api_url, named.token) == ("https://named.example.com", None)
