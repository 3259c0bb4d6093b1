"""thakur github repos: the repositories that a project can be made of."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_verb

NO_APPS = "No GitHub Apps yet. Connect GitHub in the dashboard, or add one with: thakur github add --help"


def add(within: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb to those of `github`."""
    does = "list the repositories that you may read and the App is installed on"
    parser = add_verb(within, "repos", does, "thakur github repos shop", run)
    parser.add_argument("words", metavar="WORD", nargs="*", help="only those whose names hold all of the words")
    parser.add_argument("--limit", type=int, default=50, metavar="N", help="how many (default 50)")


def run(args: argparse.Namespace) -> int:
    """Print them, last pushed first."""
    from thakur.cli.session import open_session
    from thakur.cli.times import age

    words = " ".join(args.words)
    found: list[dict[str, Any]] = open_session().client.get("github/repositories", q=words, limit=args.limit)
    if args.json:
        document(found)
        return 0
    rows = [
        [
            each["full_name"],
            "private" if each["is_private"] else "public",
            each["default_branch"],
            age(each["pushed_at"]) if each["pushed_at"] else "-",
            ", ".join(each["projects"]) or "-",
        ]
        for each in found
    ]
    otherwise = f"No repository matches {words}." if words else "The App opens no repository that you see."
    if not found and not words and not open_session().client.get("github/apps"):
        otherwise = NO_APPS
    table(["repository", "", "branch", "pushed", "projects"], rows, otherwise)
    if len(found) == args.limit:
        say("There may be more: name a word of it, or --limit.")
    return 0
