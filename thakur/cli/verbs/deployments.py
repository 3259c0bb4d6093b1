"""thakur deployments."""

import argparse

from thakur.cli.output import document, table
from thakur.cli.parsing import Verbs, add_filters, add_project, add_verb, filters_of


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur deployments --project shop"
    parser = add_verb(verbs, "deployments", "list a project's deployments, newest first", example, run)
    add_project(parser)
    parser.add_argument("--limit", type=int, default=20, metavar="N", help="how many (default 20)")
    parser.add_argument("--before", type=int, metavar="N", help="only those with a lower number")
    add_filters(parser)


def run(args: argparse.Namespace) -> int:
    """Print the deployments."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.times import age, took
    from thakur.cli.verbs.filters import say_held

    session = open_session()
    name = session.project(args)
    sought = filters_of(args)
    deployments = session.client.get(project_path(name, "deployments"), limit=args.limit, before=args.before, **sought)
    if args.json:
        document(deployments)
        return 0
    rows = [
        [
            f"#{row['number']}",
            row["status"],
            row["environment"],
            row["url"],
            row["branch"],
            age(row["created_at"]),
            took(row),
        ]
        for row in deployments
    ]
    table(
        ["number", "status", "environment", "url", "branch", "age", "took"],
        rows,
        "No deployment matches."
        if sought
        else f"No deployments yet. Make one with: thakur deploy FOLDER --project {name}",
    )
    say_held(name, session.client.get(project_path(name))["github"])
    return 0
