"""thakur open."""

import argparse

from thakur.cli.output import document, result, say
from thakur.cli.parsing import Verbs, add_project, add_verb


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    does = "open what is live in a browser, and print its URL"
    add_project(add_verb(verbs, "open", does, "thakur open --project shop", run))


def run(args: argparse.Namespace) -> int:
    """Print the URL; a browser is opened only where somebody sits before a screen."""
    import sys

    from thakur.cli.interface import NothingLive
    from thakur.cli.session import open_session, project_path
    from thakur.settings import has_screen

    session = open_session()
    project = session.project(args)
    shown = session.client.get(project_path(project))
    if not shown["active"]:
        raise NothingLive(
            f"Nothing of {project} is live", hint=f"Make it so with: thakur deploy FOLDER --project {project}"
        )
    if args.json:
        document({"project": project, "url": shown["url"]})
        return 0
    if sys.stdout.isatty() and has_screen():
        import webbrowser

        say(
            f"Opening #{shown['active']} of {project}."
            if webbrowser.open(shown["url"])
            else "There is no browser here."
        )
    result(shown["url"])
    return 0
