"""thakur ps."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_project, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "list the processes of what is live, and how they fare"
    add_project(add_verb(verbs, "ps", does, "thakur ps --project shop", run))


def run(args: argparse.Namespace) -> int:
    """Print the replicas of the deployment that is active in production."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    name = session.project(args)
    shown = session.client.get(project_path(name, "replicas"))
    if args.json:
        document(shown["replicas"])
        return 0
    rows = [[str(row["number"]), row["edge"], _state(row), str(row["port"]), _ends(row)] for row in shown["replicas"]]
    if shown["deployment"] is None:
        say(f"Nothing of {name} is live. Make it so with: thakur deploy FOLDER --project {name}")
        return 0
    if rows or not shown["away"]:
        table(
            ["replica", "edge", "state", "port", "ends"],
            rows,
            f"#{shown['deployment']} is files that the proxy serves: no process runs for it.",
        )
    if any(row["is_crash_loop"] for row in shown["replicas"]):
        say(f"It ends again and again. Its last words: thakur logs --project {name}")
    for edge in shown["away"]:
        say(f"{edge} does not answer just now. See: thakur edges")
    return 0


def _state(row: dict[str, Any]) -> str:
    return "crash loop" if row["is_crash_loop"] else str(row["state"])


def _ends(row: dict[str, Any]) -> str:
    from thakur.cli.times import age

    return f"{row['ends']} since {age(row['ends_since'])}" if row["ends"] and row["ends_since"] else "-"
