"""thakur login, and thakur logout: this machine's way into a server that is elsewhere."""

import argparse
import re
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, progress, result, say
from thakur.cli.parsing import Verbs, add_verb

if TYPE_CHECKING:
    from thakur.cli.client import Client

HERE = "http://127.0.0.1:8000"
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add both verbs."""
    example = "thakur login https://deploy.example.com"
    login = add_verb(verbs, "login", "let this machine in to a server, by a code that you confirm there", example, run)
    login.add_argument("url", metavar="URL", nargs="?", help=f"the dashboard's address (default: the last one, {HERE})")
    add_verb(verbs, "logout", "forget the login, and revoke its token", "thakur logout", run_out)


def run(args: argparse.Namespace) -> int:
    """Show a code, wait until somebody confirms it in the dashboard, keep the token."""
    import socket
    from dataclasses import replace

    from thakur.cli.client import Client
    from thakur.cli.saved import SavedLogin, keep_login, read_login
    from thakur.settings import ClientSettings

    settings = ClientSettings.from_env()
    saved = read_login(settings)
    url = _checked(args.url or settings.api_url or (saved.url if saved else HERE))
    client = Client(replace(settings, api_url=url, token=None))
    waits = client.post("devices", {"name": socket.gethostname()[:60] or "this machine"})
    say(f"Open {waits['url']}")
    say(f"and allow it if the page shows this code: {waits['code']}")
    given = _collect(client, waits)
    path = keep_login(settings, SavedLogin(url, given["token"], given["name"]))
    if args.json:
        document({"url": url, "token_name": given["name"], "team": given["team"], "kept_in": str(path)})
        return 0
    say(f"You are in, in the team {given['team']}. The token {given['name']} is kept in {path}.")
    result(url)
    return 0


def run_out(args: argparse.Namespace) -> int:
    """Revoke the token as far as the server can be reached, and forget it in any case."""
    from dataclasses import replace

    from thakur.cli.client import Client
    from thakur.cli.saved import forget_login, read_login
    from thakur.cli.values import quoted
    from thakur.errors import ThakurError
    from thakur.settings import ClientSettings

    settings = ClientSettings.from_env()
    saved = read_login(settings)
    if saved is None:
        say("No login is kept here.")
        return 0
    try:
        Client(replace(settings, api_url=saved.url, token=saved.token)).delete(f"tokens/{quoted(saved.name)}")
        say(f"Out of {saved.url}. The token {saved.name} is revoked.")
    except ThakurError as error:
        say(f"{error.message}. The token {saved.name} may still be let in: revoke it in the dashboard.")
    forget_login(settings)
    if args.json:
        document({"url": saved.url, "token_name": saved.name})
    return 0


def _checked(url: str) -> str:
    from urllib.parse import urlsplit

    from thakur.cli.interface import WrongUsage

    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise WrongUsage(f"{url} is no address of a server", hint=f"Write it as {_guessed(url)}")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise WrongUsage(
            f"The token would travel to {parts.hostname} for everybody on the way to read",
            hint=f"Use https, or: ssh -L 8000:127.0.0.1:8000 {parts.hostname}, and in another terminal: thakur login",
        )
    return url.rstrip("/")


def _guessed(url: str) -> str:
    host = url.partition("://")[2] or url
    is_host = re.fullmatch(r"[\w.-]+(:[0-9]+)?/?", host) is not None
    scheme = "http" if host.partition(":")[0] in LOOPBACK else "https"
    return f"thakur login {scheme}://{host}" if is_host else "thakur login https://deploy.example.com"


def _collect(client: "Client", waits: dict[str, Any]) -> dict[str, Any]:
    import threading
    from datetime import UTC, datetime

    from thakur.cli.interface import NotLetIn

    expires_at = datetime.fromisoformat(waits["expires_at"])
    pause = threading.Event()
    while (left_seconds := (expires_at - datetime.now(UTC)).total_seconds()) > 0:
        answer: dict[str, Any] = client.post("devices/collection", {"device": waits["device"]})
        if answer["token"]:
            progress()
            return answer
        progress(f"Waiting for {waits['code']} to be allowed, {left_seconds / 60:.0f} min left")
        pause.wait(waits["interval_seconds"])
    raise NotLetIn("Nobody allowed it within ten minutes", hint="Ask again with: thakur login")
