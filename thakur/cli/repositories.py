"""What a verb says of a repository: its URL, its branch, its token."""

import argparse
import re
from typing import TYPE_CHECKING, Any

from thakur.cli.output import say

if TYPE_CHECKING:
    from thakur.cli.session import Session

# An address for SSH is one too: the server says what to write instead.
_SSH = re.compile(r"[\w.-]+@[\w.-]+:\S+")


def add_git_token(parser: argparse.ArgumentParser) -> None:
    """Add --git-token-file."""
    parser.add_argument(
        "--git-token-file",
        metavar="FILE",
        help="a file with a token that may read the repository (- is standard input)",
    )


def is_git_url(word: str) -> bool:
    """Whether a repository is meant, and not a folder."""
    return "://" in word or bool(_SSH.fullmatch(word))


def git_fields(url: str, branch: str | None, token_file: str | None) -> dict[str, str]:
    """What the API is told of a repository. Raises FileUnreadable."""
    from thakur.cli.values import read_text

    fields = {"git_url": url}
    if branch:
        fields["branch"] = branch
    if token_file:
        fields["git_token"] = read_text(token_file).strip()
    return fields


def ask_git(session: "Session", args: argparse.Namespace) -> tuple[str, int]:
    """Ask for a build of a repository, which the project keeps; returns the project and the build's number."""
    from thakur.cli.session import project_path

    if args.git:
        project = session.project(args)
        url = _own(session, project)
    else:
        project = str(args.project or session.settings.project or _suggested(args.path))
        url = _kept(session, project, args)
    say(f"Building {args.ref or 'the head'} of {url} for {project}.")
    asked = {"git_url": url, "ref": args.ref, "fresh": args.fresh}
    return project, int(session.client.post(project_path(project, "builds"), asked)["number"])


def _own(session: "Session", project: str) -> str:
    from thakur.cli.interface import WrongUsage
    from thakur.cli.session import project_path

    repository = session.client.get(project_path(project))["repository"]
    if repository is None:
        raise WrongUsage(
            f"{project} has no repository", hint=f"Name it once: thakur deploy GIT_URL --project {project}"
        )
    return str(repository["url"])


def _kept(session: "Session", project: str, args: argparse.Namespace) -> str:
    from thakur.cli.interface import Refused
    from thakur.cli.session import project_path
    from thakur.cli.verbs.projects import create_missing

    fields = git_fields(args.path, None, args.git_token_file)
    try:
        before = _before(session, project, fields)
        now = session.client.put(project_path(project, "repository"), fields)
    except Refused as refusal:
        # A token that may only deploy cannot change what the project keeps, and need not.
        if refusal.problem.get("code") != "action_forbidden" or args.git_token_file:
            raise
        create_missing(session, project)
        say(f"{project} does not keep the repository: {refusal.message}.")
        return str(args.path)
    if before and before != now["url"]:
        say(f"{project} keeps the repository {now['url']} in place of {before}.")
    return str(now["url"])


def _before(session: "Session", project: str, fields: dict[str, str]) -> str:
    from thakur.cli.interface import Refused
    from thakur.cli.session import project_path

    try:
        kept: dict[str, Any] | None = session.client.get(project_path(project))["repository"]
    except Refused as refusal:
        if not refusal.is_missing:
            raise
        kept = session.client.post("projects", {"name": project} | fields)["repository"]
        say(f"Created project {project}.")
    return str(kept["url"]) if kept else ""


def _suggested(url: str) -> str:
    from thakur.projects import suggested_name

    return str(suggested_name(url.rstrip("/").rpartition("/")[2].removesuffix(".git")))
