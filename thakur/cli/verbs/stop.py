"""thakur stop."""

import argparse

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_data_dir, add_verb, host_settings


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = add_verb(verbs, "stop", "end everything on this host", "thakur stop", run)
    add_data_dir(parser)


def run(args: argparse.Namespace) -> int:
    """End the roles that run on this data directory, and what they or earlier ones have left; wait until all is gone."""
    settings = host_settings(args)
    from thakur import modes

    ended = modes.stop_host(settings)
    if args.json:
        document({"data_dir": str(settings.data_dir), "ended": ended})
    say(f"Stopped what ran on {settings.data_dir}." if ended else f"Nothing runs on {settings.data_dir}.")
    return 0
