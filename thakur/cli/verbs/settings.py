"""thakur projects settings, set and unset."""

import argparse
import json
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_verb


def add(within: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verbs below `thakur projects`."""
    show = add_verb(within, "settings", "show what is set", "thakur projects settings shop", run_show)
    show.add_argument("name", metavar="NAME")
    example = "thakur projects set shop build='bun run build:web' output=dist"
    change = add_verb(within, "set", "set how a project is built and started", example, run_set)
    change.add_argument("name", metavar="NAME")
    change.add_argument("settings", metavar="KEY=VALUE", nargs="+", help="docs/frameworks.md has the keys")
    forget = add_verb(
        within, "unset", "leave settings to detection again", "thakur projects unset shop build", run_unset
    )
    forget.add_argument("name", metavar="NAME")
    forget.add_argument("settings", metavar="KEY", nargs="+")


def run_show(args: argparse.Namespace) -> int:
    """Print the settings that say something."""
    from thakur.cli.session import open_session, project_path

    return _show(args, open_session().client.get(project_path(args.name))["settings"])


def run_set(args: argparse.Namespace) -> int:
    """Set all that is given, or nothing."""
    return _change(args, dict(_setting(word) for word in args.settings))


def run_unset(args: argparse.Namespace) -> int:
    """Unset all that is named, or nothing."""
    return _change(args, dict.fromkeys(args.settings))


def _change(args: argparse.Namespace, changes: dict[str, Any]) -> int:
    from thakur.cli.session import open_session, project_path

    project = open_session().client.patch(project_path(args.name), {"settings": changes})
    if not args.json:
        say(f"The next deploy follows it: thakur deploy FOLDER --project {args.name}")
        say(f"What concerns the start alone takes: thakur redeploy --project {args.name}")
    return _show(args, project["settings"])


def _show(args: argparse.Namespace, settings: dict[str, Any]) -> int:
    if args.json:
        document(settings)
        return 0
    rows = [[name, value if isinstance(value, str) else json.dumps(value)] for name, value in settings.items()]
    table(["setting", "value"], rows, f"Nothing is set. Set something with: thakur projects set {args.name} KEY=VALUE")
    return 0


def _setting(word: str) -> tuple[str, Any]:
    from thakur.cli.interface import WrongUsage
    from thakur.projects import TEXT_SETTINGS

    name, is_given, value = word.partition("=")
    if not is_given:
        raise WrongUsage(f"{word} has no value", hint=f"Write {word}=VALUE, or: thakur projects unset NAME {word}")
    if name in TEXT_SETTINGS:
        return name, value
    try:
        return name, json.loads(value)
    except ValueError:
        # The server says what it may be.
        return name, value
