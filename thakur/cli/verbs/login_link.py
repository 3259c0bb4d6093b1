"""thakur login-link: on the server, for its operator."""

import argparse

from thakur.cli.output import document, result, say
from thakur.cli.parsing import Verbs, add_data_dir, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "print a link that signs the owner in, or makes them: once, within ten minutes"
    parser = add_verb(verbs, "login-link", does, "thakur login-link --user USER", run)
    parser.add_argument("--user", metavar="NAME", help="whom it signs in (default: the owner)")
    add_data_dir(parser)


def run(args: argparse.Namespace) -> int:
    """Ask over the local socket, whatever server the environment or a login names."""
    from dataclasses import replace
    from pathlib import Path

    from thakur.cli.client import Client
    from thakur.settings import ClientSettings

    settings = replace(ClientSettings.from_env(), api_url=None, token=None)
    if args.data_dir:
        settings = replace(settings, data_dir=Path(args.data_dir).absolute())
    made = Client(settings).post("login-links", {"user": args.user})
    if args.json:
        document(made)
        return 0
    does = "makes the owner" if made["kind"] == "owner" else f"signs {made['user']} in"
    say(f"This link {does}, once, within ten minutes:")
    result(made["url"])
    return 0
