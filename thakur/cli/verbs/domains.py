"""thakur domains."""

import argparse
from typing import Any

from thakur.cli.output import document, table
from thakur.cli.parsing import Verbs, add_project, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "list the names under which a project answers"
    add_project(add_verb(verbs, "domains", does, "thakur domains --project shop", run))


def run(args: argparse.Namespace) -> int:
    """Print the names, with what each leads to."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    domains: list[dict[str, Any]] = session.client.get(project_path(session.project(args), "domains"))
    if args.json:
        document(domains)
        return 0
    rows = [
        [
            row["host"],
            row["kind"],
            row["environment"],
            f"#{row['deployment']}" if row["deployment"] else "-",
            row["url"],
        ]
        for row in domains
    ]
    table(["domain", "kind", "environment", "live", "url"], rows, "No domains yet.")
    return 0
