"""thakur logs."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, json_line, log_line, say
from thakur.cli.parsing import Verbs, add_project, add_verb

if TYPE_CHECKING:
    from thakur.cli.client import Client

PAGE_LINES = 500


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur logs -f --project shop\n  thakur logs --project shop --build 97"
    parser = add_verb(verbs, "logs", "print what the application writes, or the log of a build", example, run)
    add_project(parser)
    parser.add_argument("-f", "--follow", action="store_true", help="go on with new lines as they come")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--build", type=int, metavar="N", help="the log of this build and its deployment")
    which.add_argument("--deployment", type=int, metavar="N", help="the same, by the deployment's number")
    parser.add_argument(
        "--last", type=int, default=100, metavar="N", help="begin with the application's newest N lines (default 100)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the lines."""
    from thakur.cli.events import follow
    from thakur.cli.session import open_session

    session = open_session()
    path, query = _path(session.project(args), args)
    if args.follow:
        limit = f"?limit={query['limit']}" if query else ""
        for line in follow(session.client, path + limit, lambda: say("The connection broke; trying again.")):
            _print(line, is_json=args.json)
        return 0
    lines = session.client.get(path, **query) if query else _pages(session.client, path)
    if args.json:
        document(list(lines))
        return 0
    printed = 0
    for line in lines:
        _print(line, is_json=False)
        printed += 1
    if not printed:
        say("No lines yet. --build N shows a build's log.")
    return 0


def _path(project: str, args: argparse.Namespace) -> tuple[str, dict[str, int]]:
    from thakur.cli.session import project_path

    if args.build is not None:
        return project_path(project, "builds", args.build, "logs"), {}
    if args.deployment is not None:
        return project_path(project, "deployments", args.deployment, "logs"), {}
    return project_path(project, "logs"), {"limit": args.last}


def _pages(client: "Client", path: str) -> Iterator[dict[str, Any]]:
    after = 0
    while lines := client.get(path, after=after, limit=PAGE_LINES):
        yield from lines
        after = lines[-1]["number"]


def _print(line: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        json_line(line)
    else:
        log_line(line, sys.stdout)
