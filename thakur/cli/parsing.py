"""What the parsers of verbs have in common."""

import argparse
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thakur.settings import Settings

Verbs = argparse._SubParsersAction  # noqa: SLF001  (argparse gives this type no public name)
Run = Callable[[argparse.Namespace], int]


def add_verb(
    verbs: "Verbs[argparse.ArgumentParser]", name: str, does: str, example: str, run: Run
) -> argparse.ArgumentParser:
    """Add a verb that says what it `does`, with an example, and takes --json."""
    parser = verbs.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add --project to a verb of one project."""
    parser.add_argument(
        "--project",
        metavar="NAME",
        help="the project (default: THAKUR_PROJECT, else the one this folder was last deployed to)",
    )


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add --data-dir to a verb of the host."""
    parser.add_argument("--data-dir", metavar="DIR", help="where everything that must survive lies (THAKUR_DATA_DIR)")


def host_settings(args: argparse.Namespace) -> "Settings":
    """The settings of a host's verb: flags beat variables, variables beat the `.env` of the working directory."""
    from pathlib import Path

    from thakur.settings import Settings

    named = {"data_dir": "THAKUR_DATA_DIR", "address": "THAKUR_ADDRESS", "http": "THAKUR_HTTP"}
    flags = {variable: value for flag, variable in named.items() if (value := getattr(args, flag, None))}
    return Settings.from_env(dotenv=Path(".env"), flags=flags)
