"""thakur rollback."""

import argparse
from typing import TYPE_CHECKING

from thakur.cli.parsing import Verbs, add_project, add_verb

if TYPE_CHECKING:
    from thakur.cli.session import Session


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur rollback --project shop\n  thakur rollback --project shop --to 96"
    parser = add_verb(verbs, "rollback", "bring an earlier deployment back, with its env vars", example, run)
    add_project(parser)
    parser.add_argument("--to", type=int, metavar="N", help="the deployment (default: the standby one)")


def run(args: argparse.Namespace) -> int:
    """Bring it back and wait until it is live."""
    from thakur.cli.acts import Act
    from thakur.cli.session import open_session, project_path

    session = open_session()
    project = session.project(args)
    number = args.to if args.to is not None else _standby(session, project)
    act = Act(session, project, args.json)
    path = project_path(project, "deployments", number, "rollback")
    return act.conclude(act.carry_out(number, lambda: session.client.post(path)), "is live again")


def _standby(session: "Session", project: str) -> int:
    from thakur.cli.interface import NothingToRollBackTo
    from thakur.cli.session import project_path

    path = project_path(project, "deployments")
    for status in ("standby", "retired"):
        rows = [row for row in session.client.get(path, status=status) if row["environment"] == "production"]
        if rows and status == "standby":
            return int(rows[0]["number"])
        if rows:
            raise NothingToRollBackTo(
                f"No deployment of {project} is standby any more",
                hint=f"Bring one back by its number: thakur rollback --project {project} --to {rows[0]['number']}",
            )
    raise NothingToRollBackTo(
        f"There is nothing to roll back to: {project} has had no other deployment live",
        hint=f"See them with: thakur deployments --project {project}",
    )
