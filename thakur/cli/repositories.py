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

    fields = git_fields(args.path, None, args.git_token_file)
    try:
        before: dict[str, Any] | None = session.client.get(project_path(project))["repository"]
    except Refused as refusal:
        if not refusal.is_missing:
            raise
        made = session.client.post("projects", {"name": project} | fields)
        say(f"Created project {project} with the repository {made['repository']['url']}.")
        return str(made["repository"]["url"])
    if before and before["url"] == args.path:
        if not args.git_token_file:
            return str(args.path)
        # The branch that was chosen for a repository stays for as long as it is the same one.
        fields["branch"] = before["branch"]
    now = session.client.put(project_path(project, "repository"), fields)
    if before is None or before["url"] != now["url"]:
        instead = f" in place of {before['url']}" if before else ""
        say(f"{project} keeps the repository {now['url']}{instead}.")
    return str(now["url"])


def _suggested(url: str) -> str:
    from thakur.projects import suggested_name

    return str(suggested_name(url.rstrip("/").rpartition("/")[2].removesuffix(".git")))
