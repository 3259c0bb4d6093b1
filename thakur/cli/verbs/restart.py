"""thakur restart."""

import argparse

from thakur.cli.parsing import Verbs, add_project, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "give what is live new processes, without a gap"
    add_project(add_verb(verbs, "restart", does, "thakur restart --project shop", run))


def run(args: argparse.Namespace) -> int:
    """Restart the active deployment and wait until the new processes serve."""
    from thakur.cli.acts import Act
    from thakur.cli.interface import NothingLive
    from thakur.cli.session import open_session, project_path

    session = open_session()
    project = session.project(args)
    number = session.client.get(project_path(project))["active"]
    if not number:
        raise NothingLive(
            f"Nothing of {project} is live", hint=f"Make it so with: thakur deploy FOLDER --project {project}"
        )
    act = Act(session, project, args.json)
    path = project_path(project, "deployments", number, "restart")
    return act.conclude(act.carry_out(number, lambda: session.client.post(path)), "was restarted")
