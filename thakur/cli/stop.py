"""thakur stop."""

import argparse
import contextlib
import os
import select
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_data_dir, add_verb, host_settings

if TYPE_CHECKING:
    from thakur.cli.client import Client
    from thakur.settings import Settings

# Drains, applications' own ends, proxy, stores: each has a deadline of its own below this.
STOP_SECONDS = 120.0


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = add_verb(verbs, "stop", "end everything on this host", "thakur stop", run)
    add_data_dir(parser)


def run(args: argparse.Namespace) -> int:
    """Ask the server to end everything and wait for it; without a server, end what one has left."""
    from dataclasses import replace

    from thakur.cli.client import Client
    from thakur.cli.interface import ServerAbsent
    from thakur.settings import ClientSettings

    settings = host_settings(args)
    here = replace(ClientSettings.from_env(), data_dir=settings.data_dir, api_url=None)
    try:
        host: dict[str, Any] = Client(here).get("host")
    except ServerAbsent:
        return _end_leftovers(settings, is_json=args.json)
    say(f"Ending everything on {host['data_dir']}.")
    has_gone = _stop(Client(here), int(host["pid"]))
    if args.json:
        document({"data_dir": host["data_dir"], "pid": host["pid"], "stopped": has_gone})
    if not has_gone:
        say(f"Process {host['pid']} still runs after {STOP_SECONDS:.0f} s. Its log says what it waits for.")
        return 1
    say("Stopped.")
    return 0


def _end_leftovers(settings: "Settings", *, is_json: bool) -> int:
    from thakur import modes

    ended = modes.stop_host(settings)
    if is_json:
        document({"data_dir": str(settings.data_dir), "pid": None, "stopped": True})
    say(
        f"No server runs on {settings.data_dir}. Ended {ended} of its processes."
        if ended
        else f"Nothing runs on {settings.data_dir}."
    )
    return 0


def _stop(client: "Client", pid: int) -> bool:
    from thakur.cli.interface import ServerAbsent

    # The descriptor comes before the question: afterwards the number may be another process's.
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        with contextlib.suppress(ServerAbsent):
            client.post("host/stop")
        ended = select.poll()
        ended.register(process, select.POLLIN)
        return bool(ended.poll(STOP_SECONDS * 1000))
    finally:
        os.close(process)
