"""thakur tokens: the list, create, revoke."""

import argparse
import re
from typing import Any

from thakur.cli.output import document, result, say, table
from thakur.cli.parsing import Verbs, add_verb

SCOPES = ("read", "deploy", "all")
NEVER = "never"
DAYS = {"d": 1, "w": 7, "y": 365}


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verbs."""
    example = "thakur tokens create ci --scope deploy --expires 90d"
    parser = add_verb(verbs, "tokens", "list, create and revoke API tokens", example, run_list)
    within = parser.add_subparsers(metavar="[create|revoke]")
    create = add_verb(within, "create", "make a token and print it, this once", example, run_create)
    create.add_argument("name", metavar="NAME")
    create.add_argument(
        "--scope",
        choices=SCOPES,
        default="deploy",
        help="read looks only; deploy (the default) also builds, deploys and makes projects; all may what you may",
    )
    create.add_argument("--expires", metavar="90d", default="90d", help="days, weeks or years, or: never (default 90d)")
    revoke = add_verb(within, "revoke", "let nobody in by a token any more", "thakur tokens revoke ci", run_revoke)
    revoke.add_argument("name", metavar="NAME")


def run_list(args: argparse.Namespace) -> int:
    """Print the tokens, newest first, without their secrets."""
    from thakur.cli.session import open_session
    from thakur.cli.times import age

    found: list[dict[str, Any]] = open_session().client.get("tokens")
    if args.json:
        document(found)
        return 0
    rows = [
        [
            row["name"],
            f"{row['prefix']}…",
            row["scope"],
            row["team"],
            row["made_by"],
            age(row["used_at"]) if row["used_at"] else "never",
            (row["expires_at"] or NEVER)[:10],
        ]
        for row in found
    ]
    columns = ["name", "begins", "scope", "team", "made by", "used", "expires"]
    table(columns, rows, "No tokens yet. Make one with: thakur tokens create NAME")
    return 0


def run_create(args: argparse.Namespace) -> int:
    """Make one; its secret is the only line on standard output."""
    from thakur.cli.session import open_session

    body = {"name": args.name, "scope": args.scope, "expires_days": _days(args.expires)}
    made = open_session().client.post("tokens", body)
    if args.json:
        document(made)
        return 0
    say(f"The token {made['name']} of the team {made['team']} may {made['scope']}. Copy it now, it is shown this once:")
    result(made["token"])
    return 0


def run_revoke(args: argparse.Namespace) -> int:
    """End one."""
    from thakur.cli.session import open_session
    from thakur.cli.values import quoted

    gone = open_session().client.delete(f"tokens/{quoted(args.name)}")
    if args.json:
        document(gone)
    say(f"Revoked {args.name}.")
    return 0


def _days(text: str) -> int | None:
    from thakur.cli.interface import WrongUsage

    if text == NEVER:
        return None
    found = re.fullmatch(r"([1-9][0-9]{0,3})([dwy])", text)
    if found is None:
        raise WrongUsage(f"{text} is no length of time", hint="Write it as 90d, 12w or 1y, or: never.")
    return int(found[1]) * DAYS[found[2]]
