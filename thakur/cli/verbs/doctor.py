"""thakur doctor."""

import argparse
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_data_dir, add_verb, host_settings

if TYPE_CHECKING:
    from thakur.cli.checks import Check
    from thakur.settings import Settings


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = add_verb(verbs, "doctor", "say what this host can do and what is in the way", "thakur doctor", run)
    add_data_dir(parser)


def run(args: argparse.Namespace) -> int:
    """Print a table of checks; fails if one of them fails."""
    from dataclasses import asdict

    settings = host_settings(args)
    checks = _all_checks(settings)
    has_failed = any(check.status == "fail" for check in checks)
    if args.json:
        document([asdict(check) for check in checks])
        return int(has_failed)
    table(["check", "status", "found"], [[check.name, check.status, check.text] for check in checks], "")
    for check in checks:
        if check.status != "ok" and check.hint:
            say(f"{check.name}: {check.hint}")
    say("Something is in the way." if has_failed else "This host can run Thakur.")
    return int(has_failed)


def _all_checks(settings: "Settings") -> "list[Check]":
    import asyncio

    from thakur.cli import checks
    from thakur.wiring.looking import find_node

    found = [checks.check_data_dir(settings), checks.check_dev_null()]
    found += asyncio.run(checks.check_sandbox(settings))
    found += [checks.check_bun(settings), checks.check_node(find_node()), *checks.check_stores(settings)]
    if host := _running(settings):
        return [*found, checks.Check("server", "ok", f"version {host['version']} runs as process {host['pid']}")]
    found += [
        checks.check_port("dashboard and API", settings.address, "THAKUR_ADDRESS"),
        checks.check_port("proxy", settings.http, "THAKUR_HTTP"),
    ]
    return found


def _running(settings: "Settings") -> dict[str, Any] | None:
    from dataclasses import replace

    from thakur.cli.client import Client
    from thakur.errors import ThakurError
    from thakur.settings import ClientSettings

    here = replace(ClientSettings.from_env(), data_dir=settings.data_dir, api_url=None)
    try:
        host: dict[str, Any] = Client(here).get("host")
    except ThakurError:
        return None
    return host
