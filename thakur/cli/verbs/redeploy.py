"""thakur redeploy."""

import argparse
from typing import TYPE_CHECKING

from thakur.cli.output import say
from thakur.cli.parsing import Verbs, add_project, add_verb

if TYPE_CHECKING:
    from thakur.cli.session import Session


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur redeploy --project shop\n  thakur redeploy --project shop --from 96"
    does = "deploy what was built already, with the env vars of now"
    parser = add_verb(verbs, "redeploy", does, example, run)
    add_project(parser)
    parser.add_argument(
        "--from",
        dest="origin",
        type=int,
        metavar="N",
        help="the deployment whose artifact is taken (default: the active one, else the newest)",
    )


def run(args: argparse.Namespace) -> int:
    """Make the new deployment and wait until it is live."""
    from thakur.cli.acts import Act
    from thakur.cli.session import open_session, project_path

    session = open_session()
    project = session.project(args)
    origin = args.origin if args.origin is not None else _latest(session, project)
    act = Act(session, project, args.json)
    made = session.client.post(project_path(project, "deployments"), {"from": origin})
    say(f"Deploying #{origin} again as #{made['number']}.")
    return act.conclude(act.follow(int(made["number"])), "is live")


def _latest(session: "Session", project: str) -> int:
    from thakur.cli.interface import NothingLive
    from thakur.cli.session import project_path

    active = session.client.get(project_path(project))["active"]
    if active:
        return int(active)
    newest = session.client.get(project_path(project, "deployments"), environment="production", limit=1)
    if newest:
        return int(newest[0]["number"])
    raise NothingLive(
        f"{project} has no deployment yet", hint=f"Make one with: thakur deploy FOLDER --project {project}"
    )
