"""thakur github filters and deploy: what holds a project's pushes back, and building what is held back."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_project, add_verb

FILTERS = "thakur github filters --project shop --checks\n  thakur github filters --project web --path 'apps/web/**' --path '/bun.lock'"


def add(within: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verbs below `thakur github`."""
    change = add_verb(within, "filters", "show or set which pushes are built", FILTERS, run_filters)
    add_project(change)
    checks = change.add_mutually_exclusive_group()
    checks.add_argument("--checks", action="store_true", default=None, help="build a commit when its checks are green")
    checks.add_argument("--no-checks", action="store_false", dest="checks", help="build it at once")
    paths = change.add_mutually_exclusive_group()
    paths.add_argument(
        "--path",
        dest="paths",
        action="append",
        metavar="PATTERN",
        help="build only where files of these are changed, as a .gitignore has them; may be given again",
    )
    paths.add_argument("--no-paths", action="store_true", help="go by the project's root again")
    tags = change.add_mutually_exclusive_group()
    tags.add_argument("--tags", metavar="PATTERN", help="production is the highest version of these tags, such as 'v*'")
    tags.add_argument("--no-tags", action="store_true", help="production is the newest commit of the branch again")
    does = "build the commit that is held back"
    build = add_verb(within, "deploy", does, "thakur github deploy --project shop", run_deploy)
    add_project(build)
    build.add_argument(
        "--environment", metavar="NAME", default="production", help="where it is held back (default: production)"
    )


def run_filters(args: argparse.Namespace) -> int:
    """Change what is given; print what holds then."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    name = session.project(args)
    changes: dict[str, Any] = {"wait_for_checks": args.checks} if args.checks is not None else {}
    if args.paths or args.no_paths:
        changes["paths"] = args.paths
    if args.tags or args.no_tags:
        changes["tags"] = args.tags
    if changes:
        session.client.patch(project_path(name, "github"), {"filters": changes})
    followed = session.client.get(project_path(name))["github"]
    if args.json:
        document(followed)
        return 0
    if followed is None:
        say(
            f"{name} follows no repository on GitHub. Make one that does: thakur projects create NAME --github OWNER/REPO"
        )
        return 0
    filters = followed["filters"]
    rows = [
        ["repository", followed["repository"]],
        ["waits for checks", "yes" if filters["wait_for_checks"] else "no"],
        ["tags", filters["tags"] or "none, but the branch"],
        ["paths", ", ".join(filters["paths"]) or "the project's root, and what it may import"],
    ]
    table(["filter", "value"], rows, "")
    say_held(name, followed)
    return 0


def run_deploy(args: argparse.Namespace) -> int:
    """Have it built; the webhooks' job does so at once."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    name = session.project(args)
    held = session.client.post(project_path(name, "github", "deployments"), {"environment": args.environment})
    if args.json:
        document(held)
        return 0
    say(f"{held['commit'][:7]} is built now. Watch it with: thakur logs -f --project {name}")
    return 0


def say_held(name: str, followed: dict[str, Any] | None) -> None:
    """Say what of a project's pushes is not built, if anything is, and why."""
    if not followed or not followed["held"]:
        return
    held = followed["held"]
    stands = "waits" if held["status"] == "waiting" else "was skipped"
    say(f"{held['commit'][:7]} {held['message']!r} {stands}: {held['why']}")
    say(f"Build it all the same with: thakur github deploy --project {name}")
