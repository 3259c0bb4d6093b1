"""thakur cancel."""

import argparse
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_project, add_verb

if TYPE_CHECKING:
    from thakur.cli.session import Session

BUILD_UNDER_WAY = ("queued", "running")


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "end a build, or the rollout of its deployment, before it is live"
    parser = add_verb(verbs, "cancel", does, "thakur cancel 97 --project shop", run)
    parser.add_argument("number", metavar="N", type=int, help="the number of the build and its deployment")
    add_project(parser)


def run(args: argparse.Namespace) -> int:
    """End what is under way at that number."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    project = session.project(args)
    row = _cancel(session, project, args.number)
    if args.json:
        document({"project": project, "number": args.number, "status": row["status"]})
    live = session.client.get(project_path(project))
    still = f" #{live['active']} is still live at {live['url']}." if live["active"] else ""
    say(f"#{args.number} is {row['status']}.{still}")
    return 0


def _cancel(session: "Session", project: str, number: int) -> dict[str, Any]:
    from thakur.cli.interface import Refused
    from thakur.cli.session import project_path

    things = _unfinished(session, project, number)
    try:
        row: dict[str, Any] = session.client.post(project_path(project, things, number, "cancellation"))
    except Refused as refusal:
        # It ended between the question and the order.
        if refusal.problem.get("code") != "build_ended":
            raise
        things = _unfinished(session, project, number)
        row = session.client.post(project_path(project, things, number, "cancellation"))
    return row


def _unfinished(session: "Session", project: str, number: int) -> str:
    from thakur.cli.interface import NothingUnderWay, Refused
    from thakur.cli.session import project_path

    try:
        build = session.client.get(project_path(project, "builds", number))
    except Refused as refusal:
        # A redeploy has no build.
        if refusal.is_missing:
            return "deployments"
        raise
    if build["status"] in BUILD_UNDER_WAY:
        return "builds"
    if build["status"] == "succeeded":
        return "deployments"
    raise NothingUnderWay(f"Build #{number} is {build['status']}: nothing of it is under way")
