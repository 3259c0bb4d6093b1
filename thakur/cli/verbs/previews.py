"""thakur previews: what there is, begin, approve, delete, and the rules."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_project, add_verb

RULES = "thakur previews rules --project shop --branch 'feat/*' --limit 5\n  thakur previews rules --project shop --off"


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verbs."""
    does = "list the previews of branches and pull requests"
    parser = add_verb(verbs, "previews", does, "thakur previews --project shop", run_list)
    add_project(parser)
    within = parser.add_subparsers(metavar="[begin|approve|delete|rules]")
    begun = add_verb(
        within, "begin", "preview a branch that was there before", "thakur previews begin feat/cart", run_begin
    )
    begun.add_argument("branch", metavar="BRANCH")
    add_project(begun)
    does = "have a fork's commit built, without any env var"
    approved = add_verb(within, "approve", does, "thakur previews approve pr-7", run_approve)
    approved.add_argument("label", metavar="PREVIEW", help="as thakur previews names it, such as pr-7")
    approved.add_argument("--commit", metavar="SHA", help="the commit that was looked at (default: the one that waits)")
    approved.add_argument("--every", action="store_true", help="approve every later commit of the pull request too")
    add_project(approved)
    does = "refuse what waits, and take down what runs"
    deleted = add_verb(within, "delete", does, "thakur previews delete git-feat-cart", run_delete)
    deleted.add_argument("label", metavar="PREVIEW")
    add_project(deleted)
    rules = add_verb(within, "rules", "show or set which branches have previews", RULES, run_rules)
    switch = rules.add_mutually_exclusive_group()
    switch.add_argument("--on", action="store_true", default=None, dest="is_on", help="have previews")
    switch.add_argument("--off", action="store_false", dest="is_on", help="have none")
    rules.add_argument(
        "--branch", dest="branches", action="append", metavar="PATTERN", help="such as 'feat/*'; may be given again"
    )
    rules.add_argument("--limit", type=int, metavar="N", help="how many branches at a time")
    add_project(rules)


def run_list(args: argparse.Namespace) -> int:
    """Print them, those that wait for approval first."""
    from thakur.cli.session import open_session, project_path
    from thakur.cli.times import age

    session = open_session()
    name = session.project(args)
    found: list[dict[str, Any]] = session.client.get(project_path(name, "previews"))
    if args.json:
        document(found)
        return 0
    rows = [
        [
            each["label"],
            each["status"],
            each["branch"] or f"pull request #{each['pull_request']}",
            f"#{each['number']}" if each["number"] else "-",
            each["url"] if each["live"] else "-",
            age(each["built_at"]) if each["built_at"] else "-",
        ]
        for each in found
    ]
    table(
        ["preview", "status", "of", "newest", "url", "age"],
        rows,
        "No previews yet. A branch has one when it is pushed.",
    )
    for each in found:
        if each["waits_for"]:
            say(
                f"{each['waits_for'][:7]} of pull request #{each['pull_request']} comes from a fork and waits. Look at it, then:"
                f" thakur previews approve {each['label']} --project {name}"
            )
    return 0


def run_begin(args: argparse.Namespace) -> int:
    """Have one of a branch."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    name = session.project(args)
    begun = session.client.post(project_path(name, "previews"), {"branch": args.branch})
    if args.json:
        document(begun)
        return 0
    say(
        f"{args.branch} has a preview in a moment, if the repository has that branch. See: thakur previews --project {name}"
    )
    return 0


def run_approve(args: argparse.Namespace) -> int:
    """Approve the commit that was named, or the one that waits."""
    from thakur.cli.interface import NothingWaits
    from thakur.cli.session import open_session, project_path

    session = open_session()
    name = session.project(args)
    commit = args.commit
    if commit is None:
        found: list[dict[str, Any]] = session.client.get(project_path(name, "previews"))
        commit = next((each["waits_for"] for each in found if each["label"] == args.label), None)
    if commit is None:
        raise NothingWaits(f"Nothing of {args.label} waits for approval", hint="thakur previews shows what does.")
    path = project_path(name, "previews", args.label, "approval")
    approved = session.client.post(path, {"commit": commit, "every": args.every})
    if args.json:
        document(approved)
        return 0
    say(f"{commit[:7]} is built now, without any env var. See: thakur previews --project {name}")
    return 0


def run_delete(args: argparse.Namespace) -> int:
    """Take it down until something is pushed there."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    going = session.client.delete(project_path(session.project(args), "previews", args.label))
    if args.json:
        document(going)
        return 0
    say(f"{args.label} goes. It comes back when something is pushed there.")
    return 0


def run_rules(args: argparse.Namespace) -> int:
    """Change what is given; print what holds then."""
    from thakur.cli.session import open_session, project_path

    session = open_session()
    path = project_path(session.project(args), "preview-rules")
    given = {"is_on": args.is_on, "branches": args.branches, "limit": args.limit}
    changes = {name: value for name, value in given.items() if value is not None}
    rules: dict[str, Any] = session.client.patch(path, changes) if changes else session.client.get(path)
    if args.json:
        document(rules)
        return 0
    rows = [
        ["previews", "on" if rules["is_on"] else "off"],
        ["branches", " ".join(rules["branches"])],
        ["at most", str(rules["limit"])],
    ]
    table(["rule", "value"], rows, "")
    if rules["trouble"]:
        say(rules["trouble"])
    return 0
