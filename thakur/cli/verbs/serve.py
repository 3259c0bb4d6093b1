"""thakur serve."""

import argparse

from thakur.cli.first import is_first, run_below
from thakur.cli.parsing import Help, Verbs, add_data_dir, host_settings


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "serve",
        help="run the platform on this host",
        description="Run the platform on this host: API, builds, applications and proxy. Ctrl-C ends all of it.",
        epilog="example:\n  thakur serve --http 0.0.0.0:80\n  thakur serve --role api --role worker",
        formatter_class=Help,
    )
    parser.add_argument("--address", metavar="IP:PORT", help="where dashboard and API listen (THAKUR_ADDRESS)")
    parser.add_argument("--http", metavar="IP:PORT", help="where the proxy listens for visitors (THAKUR_HTTP)")
    parser.add_argument(
        "--role",
        action="append",
        choices=("all", "api", "worker", "edge"),
        help="what this process is (default all); may be given more than once",
    )
    add_data_dir(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Serve until a signal ends it."""
    if is_first():
        return run_below()
    settings = host_settings(args)
    from thakur import modes

    return modes.serve(settings, args.role or ["all"])
