"""thakur env: set, unset, list, import."""

import argparse
import sys
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Run, Verbs, add_project, add_verb
from thakur.cli.verbs import redeploy

GIVEN_TO = {"both": "build and start", "build": "build", "start": "start"}


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verbs."""
    example = "thakur env set DATABASE_URL --project shop"
    parser = _add(verbs, "env", "set, unset, list and import env vars", example, run_list)
    within = parser.add_subparsers(metavar="[set|unset|list|import]")
    example = "thakur env set GREETING=hello TOKEN --project shop"
    setting = _add(within, "set", "set env vars; KEY alone asks for its value and does not show it", example, run_set)
    setting.add_argument("words", metavar="KEY=VALUE", nargs="+")
    setting.add_argument(
        "--from-file", metavar="PATH", help="the one KEY's value is this file's content (- is standard input)"
    )
    _add_phase(setting)
    _add_redeploy(setting)
    unset = _add(within, "unset", "forget env vars", "thakur env unset GREETING --project shop", run_unset)
    unset.add_argument("keys", metavar="KEY", nargs="+")
    _add_redeploy(unset)
    _add(within, "list", "list env vars without their values", "thakur env list --project shop", run_list)
    example = "thakur env import .env --project shop"
    importing = _add(within, "import", "set what a .env file says", example, run_import)
    importing.add_argument("path", metavar="FILE", help="the file (- is standard input)")
    importing.add_argument("--dry-run", action="store_true", help="show what it would change, and set nothing")
    _add_phase(importing)
    _add_redeploy(importing)


def run_set(args: argparse.Namespace) -> int:
    """Set what is named, all or nothing."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.values import read_values

    session = open_session()
    name = session.project(args)
    body = {"values": read_values(args.words, args.from_file), **_where(args)}
    return _done(args, name, session.client.patch(project_path(name, "env"), body), "Set")


def run_unset(args: argparse.Namespace) -> int:
    """Forget what is named; a name that is not there keeps all of them."""
    from thakur.cli.interface import WrongUsage
    from thakur.cli.session import open_session, project_path
    from thakur.cli.values import quoted

    session = open_session()
    name = session.project(args)
    scope = _where(args)["scope"]
    known = {row["name"] for row in session.client.get(project_path(name, "env")) if row["scope"] == scope}
    if missing := [key for key in args.keys if key not in known]:
        raise WrongUsage(f"{scope} has no env var {', '.join(missing)}", hint="See them with: thakur env list")
    keys = list(dict.fromkeys(args.keys))
    changes = [session.client.delete(project_path(name, "env", f"{quoted(key)}?scope={scope}")) for key in keys]
    return _done(args, name, changes[-1] | {"names": keys}, "Unset")


def run_list(args: argparse.Namespace) -> int:
    """Print names and whom they are given to."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.times import age

    session = open_session()
    name = session.project(args)
    found: list[dict[str, Any]] = session.client.get(project_path(name, "env"))
    found = [row for row in found if row["scope"] == "preview" or not args.preview]
    if args.json:
        document(found)
        return 0
    rows = [
        [row["name"], row["scope"], GIVEN_TO[row["phase"]], age(row["updated_at"]), row["updated_by"]] for row in found
    ]
    otherwise = f"No env vars yet. Set one with: thakur env set KEY=VALUE --project {name}"
    table(["name", "scope", "given to", "changed", "by"], rows, otherwise)
    return 0


def run_import(args: argparse.Namespace) -> int:
    """Set what the file says, and tell what was left out."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.values import read_text

    session = open_session()
    name = session.project(args)
    body = {"text": read_text(args.path), **_where(args)}
    if args.dry_run:
        return _previewed(args, session.client.post(project_path(name, "env", "preview"), body))
    changed = session.client.post(project_path(name, "env"), body)
    for left_out in changed["left_out"]:
        say(f"Left out: {left_out['reason']}.")
    if changed["unchanged"]:
        say(f"Already so: {', '.join(changed['unchanged'])}.")
    return _done(args, name, changed, "Set")


def _previewed(args: argparse.Namespace, found: list[dict[str, Any]]) -> int:
    if args.json:
        document(found)
        return 0
    rows = [[row["status"], row["name"], str(row["line"]), row["reason"]] for row in found]
    table(["would be", "name", "line", "why"], rows, "It holds no env var.")
    return 0


def _add(
    verbs: "Verbs[argparse.ArgumentParser]", name: str, does: str, example: str, run: Run
) -> argparse.ArgumentParser:
    parser = add_verb(verbs, name, does, example, run)
    add_project(parser)
    parser.add_argument("--preview", action="store_true", help="the set that all previews share, not production's")
    return parser


def _add_redeploy(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--redeploy", action="store_true", help="deploy what is live again, so that it gets the change")


def _add_phase(parser: argparse.ArgumentParser) -> None:
    phases = parser.add_mutually_exclusive_group()
    for flag, phase, says in (
        ("--build-only", "build", "give it to builds only"),
        ("--start-only", "start", "give it to the application only"),
        ("--both", "both", "give it to both again (a new one is; an old one stays as narrow as it was)"),
    ):
        phases.add_argument(flag, dest="phase", action="store_const", const=phase, help=says)


def _where(args: argparse.Namespace) -> dict[str, Any]:
    where = {"scope": "preview" if args.preview else "production"}
    return where | ({"phase": args.phase} if getattr(args, "phase", None) else {})


def _done(args: argparse.Namespace, name: str, changed: dict[str, Any], verb: str) -> int:
    scope = "all previews" if changed["scope"] == "preview" else "production"
    say(f"{verb} {', '.join(changed['names']) or 'nothing'} for {scope}.")
    if any("=" in word for word in getattr(args, "words", [])) and is_watched():
        say("KEY=VALUE stays in your shell's history. KEY alone asks for the value and does not show it.")
    if changed["needs_redeploy"]:
        say("What is live keeps the values that it was started with until it is deployed again.")
        if args.redeploy or _wants_redeploy(args):
            return redeploy.run(argparse.Namespace(project=name, origin=None, json=args.json))
        say(_next(args, name))
    elif changed["names"]:
        say("The next deploy gets it.")
    if args.json:
        document(changed)
    return 0


def _wants_redeploy(args: argparse.Namespace) -> bool:
    if args.json or _is_for_builds(args) or not is_watched():
        return False
    sys.stderr.write("Redeploy now? [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _next(args: argparse.Namespace, name: str) -> str:
    deploy = f"thakur deploy FOLDER --project {name}"
    if _is_for_builds(args):
        return f"A build reads it with: {deploy}"
    return f"Redeploy with: thakur redeploy --project {name} (if the build reads it too: {deploy})"


def _is_for_builds(args: argparse.Namespace) -> bool:
    return getattr(args, "phase", None) == "build"


def is_watched() -> bool:
    """Whether somebody reads along: a script's words are in no shell's history."""
    return sys.stdin.isatty() and sys.stderr.isatty()
