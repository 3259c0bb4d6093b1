"""thakur edges."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    add_verb(verbs, "edges", "list the hosts that run applications, and how they fare", "thakur edges", run)


def run(args: argparse.Namespace) -> int:
    """Print every edge, and below them what each cannot enforce."""
    from thakur.cli.session import open_session

    edges: list[dict[str, Any]] = open_session().client.get("edges")
    if args.json:
        document(edges)
        return 0
    columns = ["edge", "version", "replicas", "load", "memory", "disk", "enforces"]
    table(columns, [_row(edge) for edge in edges], "No edges yet. Start one with: thakur serve")
    for edge in edges:
        for measure, reason in (edge["facts"] or {}).get("not_enforced", {}).items():
            say(f"{edge['name']} does not enforce {measure}: {reason}")
        if edge["facts"] is None:
            say(f"{edge['name']} does not answer just now. On that host: thakur doctor")
    return 0


def _row(edge: dict[str, Any]) -> list[str]:
    facts = edge["facts"]
    if facts is None:
        return [edge["name"], "away", "-", "-", "-", "-", "-"]
    everything = not facts["not_enforced"]
    return [
        edge["name"],
        facts["version"],
        str(facts["replicas"]),
        f"{facts['load']:.1f} of {facts['cpus']}",
        _used(facts["memory_used_bytes"], facts["memory_bytes"]),
        _used(facts["disk_used_bytes"], facts["disk_bytes"]),
        "everything" if everything else f"all but {len(facts['not_enforced'])}",
    ]


def _used(used: int, whole: int) -> str:
    from thakur.cli.times import size

    return f"{size(used)} of {size(whole)}"
