"""thakur builds."""

import argparse
from typing import Any

from thakur.cli.output import document, table
from thakur.cli.parsing import Verbs, add_filters, add_project, add_verb, filters_of


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    parser = add_verb(verbs, "builds", "list a project's builds, newest first", "thakur builds --project shop", run)
    add_project(parser)
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default 20)")
    parser.add_argument("--before", type=int, metavar="N", help="only those with a lower number")
    add_filters(parser)


def run(args: argparse.Namespace) -> int:
    """Print the builds."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.times import age, took

    session = open_session()
    name = session.project(args)
    sought = filters_of(args)
    builds = session.client.get(project_path(name, "builds"), limit=args.limit, before=args.before, **sought)
    if args.json:
        document(builds)
        return 0
    rows = [
        [f"#{row['number']}", row["status"], _source(row["source"]), age(row["created_at"]), took(row)]
        for row in builds
    ]
    table(
        ["build", "status", "source", "age", "took"],
        rows,
        "No build matches." if sought else f"No builds yet. Make one with: thakur deploy FOLDER --project {name}",
    )
    return 0


def _source(source: dict[str, Any]) -> str:
    ref = source.get("ref") or ""
    # A ref that is the commit itself says nothing more.
    shown = "" if (source.get("commit") or "").startswith(ref) else ref
    words = [source.get("folder") or "", shown, (source.get("commit") or "")[:7], source.get("message") or ""]
    return " ".join(word for word in words if word)
