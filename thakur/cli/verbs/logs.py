"""thakur logs: the lines, and clear."""

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, json_line, log_line, say
from thakur.cli.parsing import Verbs, add_project, add_verb

if TYPE_CHECKING:
    from thakur.cli.client import Client

PAGE_LINES = 500
NEWEST_LINES = 100


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur logs -f --project shop\n  thakur logs --project shop --build 97"
    parser = add_verb(verbs, "logs", "print what the application writes, or the log of a build", example, run)
    add_project(parser)
    parser.add_argument("-f", "--follow", action="store_true", help="go on with new lines as they come")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--build", type=int, metavar="N", help="the log of this build and its deployment")
    which.add_argument("--deployment", type=int, metavar="N", help="the same, by the deployment's number")
    which.add_argument("--preview", metavar="PREVIEW", help="what the application of this preview writes")
    parser.add_argument(
        "--last",
        type=_count,
        default=NEWEST_LINES,
        metavar="N",
        help=f"begin with the application's newest N lines (default {NEWEST_LINES})",
    )
    within = parser.add_subparsers(metavar="[clear]")
    example = "thakur logs clear --project shop"
    clear = add_verb(within, "clear", "remove what the application, or a build, wrote so far", example, run_clear)
    add_project(clear)
    clear.add_argument("--build", type=int, metavar="N", help="the log of this build and its deployment")
    clear.add_argument("--yes", action="store_true", help="do not ask for the project's name to be typed")


def run(args: argparse.Namespace) -> int:
    """Print the lines."""
    from thakur.cli.session import open_session

    session = open_session()
    path, is_whole = _path(session.project(args), args)
    if args.follow:
        return _follow(session.client, path if is_whole else f"{path}?limit={min(args.last, PAGE_LINES)}", args)
    lines = _pages(session.client, path) if is_whole else _newest(session.client, path, args.last)
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


def run_clear(args: argparse.Namespace) -> int:
    """Remove the lines so far, after a confirmation; the log goes on."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    project = session.project(args)
    things = ("logs",) if args.build is None else ("builds", args.build, "logs")
    if not args.yes and not _is_confirmed(project, args.build):
        say("Nothing was removed.")
        return 1
    answer = session.client.delete(project_path(project, *things))
    if args.json:
        document(answer)
    else:
        say(f"The log is cleared. It goes on with line {answer['goes_on_from']}.")
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"{text} is no number of lines")
    return int(text)


def _path(project: str, args: argparse.Namespace) -> tuple[str, bool]:
    from thakur.cli.session import project_path

    if args.build is not None:
        return project_path(project, "builds", args.build, "logs"), True
    if args.deployment is not None:
        return project_path(project, "deployments", args.deployment, "logs"), True
    if args.preview is not None:
        return project_path(project, "previews", args.preview, "logs"), False
    return project_path(project, "logs"), False


def _follow(client: "Client", path: str, args: argparse.Namespace) -> int:
    from thakur.cli.events import follow

    lines = follow(
        client,
        path,
        on_break=lambda: say("The connection broke; trying again."),
        on_clear=lambda: say("The log was cleared."),
    )
    for line in lines:
        _print(line, is_json=args.json)
    return 0


def _newest(client: "Client", path: str, count: int) -> Iterable[dict[str, Any]]:
    lines: list[dict[str, Any]] = client.get(path, limit=min(count, PAGE_LINES))
    if count <= PAGE_LINES or not lines:
        return lines
    return _pages(client, path, max(lines[-1]["number"] - count, 0))


def _pages(client: "Client", path: str, after: int = 0) -> Iterator[dict[str, Any]]:
    while lines := client.get(path, after=after, limit=PAGE_LINES):
        yield from lines
        after = lines[-1]["number"]


def _print(line: dict[str, Any], *, is_json: bool) -> None:
    if is_json:
        json_line(line)
    else:
        log_line(line, sys.stdout)


def _is_confirmed(project: str, build: int | None) -> bool:
    from thakur.cli.interface import WrongUsage

    if not sys.stdin.isatty():
        raise WrongUsage("There is nobody to type the name", hint="Add --yes to clear without asking.")
    what = f"the application {project}" if build is None else f"build #{build} of {project}"
    say(f"This removes for ever what {what} wrote so far.")
    sys.stderr.write(f"Type {project} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == project
