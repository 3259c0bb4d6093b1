"""thakur projects: the list, create, delete, clear-cache; settings live in a file of their own."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, result, say, table
from thakur.cli.parsing import Verbs, add_verb
from thakur.cli.repositories import add_git_token, git_fields
from thakur.cli.verbs import settings

if TYPE_CHECKING:
    from thakur.cli.session import Session

PAGE = 500


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verbs."""
    parser = add_verb(
        verbs, "projects", "list, create, set and delete projects", "thakur projects create shop", run_list
    )
    within = parser.add_subparsers(metavar="[create|settings|set|unset|delete|clear-cache]")
    settings.add(within)
    example = "thakur projects create shop --git https://github.com/you/shop --branch main"
    create = add_verb(within, "create", "make a new project", example, run_create)
    create.add_argument("name", metavar="NAME")
    create.add_argument("--git", metavar="URL", help="its repository, which thakur deploy --git then builds")
    create.add_argument(
        "--github", metavar="OWNER/REPO", help="its repository on GitHub; each push to the branch is built"
    )
    create.add_argument("--branch", metavar="B", help="the branch to build (default: the remote's own)")
    create.add_argument("--root", metavar="DIR", help="the application's directory in the repository")
    add_git_token(create)
    example = "thakur projects delete shop"
    delete = add_verb(within, "delete", "delete a project with everything it has", example, run_delete)
    delete.add_argument("name", metavar="NAME", nargs="?")
    delete.add_argument("--all", action="store_true", help="delete every project")
    delete.add_argument("--yes", action="store_true", help="do not ask for the name to be typed again")
    example = "thakur projects clear-cache shop"
    clear = add_verb(within, "clear-cache", "remove what builds keep for the next ones", example, run_clear_cache)
    clear.add_argument("name", metavar="NAME")


def run_list(args: argparse.Namespace) -> int:
    """Print the projects, newest first."""
    from thakur.cli.session import open_session
    from thakur.cli.times import age, size

    projects = all_projects(open_session())
    if args.json:
        document(projects)
        return 0
    rows = [
        [
            row["name"],
            f"#{row['active']}" if row["active"] else "-",
            row["url"],
            age(row["created_at"]),
            size(row["artifact_bytes"]),
        ]
        for row in projects
    ]
    table(["name", "live", "url", "age", "artifacts"], rows, "No projects yet. Make one with: thakur deploy FOLDER")
    return 0


def all_projects(session: "Session") -> list[dict[str, Any]]:
    """Every project, newest first, page by page."""
    found: list[dict[str, Any]] = []
    while page := session.client.get("projects", limit=PAGE, before=found[-1]["name"] if found else None):
        found += page
        if len(page) < PAGE:
            break
    return found


def run_create(args: argparse.Namespace) -> int:
    """Make a project; its URL answers after the first deploy."""
    from thakur.cli.interface import WrongUsage
    from thakur.cli.plans import plan_of, say_plan
    from thakur.cli.session import open_session

    if args.git and args.github:
        raise WrongUsage("A project has one repository", hint="Give --git or --github.")
    if args.branch and not (args.git or args.github):
        raise WrongUsage("--branch belongs to a repository", hint="Name it with --git URL or --github OWNER/REPO.")
    if args.git_token_file and not args.git:
        raise WrongUsage("--git-token-file belongs to a repository", hint="Name it with --git URL.")
    fields = git_fields(args.git, args.branch, args.git_token_file) if args.git else {}
    if args.github:
        fields = {"github": args.github} | ({"branch": args.branch} if args.branch else {})
    if args.root:
        fields["root"] = args.root
    client = open_session().client
    project = client.post("projects", {"name": args.name} | fields)
    if args.github:
        asked = {"github": args.github, "ref": args.branch or "", "root": args.root or ""}
        project["plan"] = plan_of(client, asked)
    if args.json:
        document(project)
        return 0
    if project["github"]:
        branch = project["repository"]["branch"]
        if project["plan"]:
            say_plan(project["plan"])
        say(
            f"Created {project['name']}. What is on {branch} of {project['github']['repository']} is built now, and each push."
        )
        result(project["url"])
        return 0
    source = "--git" if args.git else "FOLDER"
    say(f"Created {project['name']}. Put something there with: thakur deploy {source} --project {project['name']}")
    result(project["url"])
    return 0


def create_missing(session: "Session", name: str) -> None:
    """Make the project unless it is there."""
    from thakur.cli.interface import Refused
    from thakur.cli.session import project_path

    try:
        session.client.get(project_path(name))
    except Refused as refusal:
        if not refusal.is_missing:
            raise
        session.client.post("projects", {"name": name})
        say(f"Created project {name}.")


def run_delete(args: argparse.Namespace) -> int:
    """Delete one project, or all, after a confirmation."""
    from thakur.cli.interface import WrongUsage
    from thakur.cli.session import open_session, project_path

    if bool(args.name) == args.all:
        raise WrongUsage("Name the project to delete, or say --all")
    session = open_session()
    names = _meant(session, args)
    if names and not args.yes and not _is_confirmed(args, names):
        say("Nothing was deleted.")
        return 1
    for name in names:
        session.client.delete(project_path(name))
        say(f"Deleted {name}. Its replicas stop and its files go in the background.")
    if args.json:
        document([{"name": name, "status": "deleting"} for name in names])
    return 0


def run_clear_cache(args: argparse.Namespace) -> int:
    """Remove a project's caches; its next build begins with nothing."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.times import size

    cleared = open_session().client.delete(project_path(args.name, "cache"))
    if args.json:
        document(cleared)
        return 0
    say(
        f"Cleared the caches of {cleared['name']}: {size(cleared['freed_bytes'])} are free. The next build begins without."
    )
    return 0


def _meant(session: "Session", args: argparse.Namespace) -> list[str]:
    from thakur.cli.session import project_path

    if args.all:
        return [row["name"] for row in all_projects(session)]
    return [session.client.get(project_path(args.name))["name"]]


def _is_confirmed(args: argparse.Namespace, names: list[str]) -> bool:
    from thakur.cli.interface import WrongUsage

    if not sys.stdin.isatty():
        raise WrongUsage("There is nobody to type the name again", hint="Add --yes to delete without asking.")
    expected = "all" if args.all else names[0]
    say(f"This stops and removes for ever: {', '.join(names)}")
    sys.stderr.write(f"Type {expected} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == expected
