"""thakur deploy."""

import argparse
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, progress, result, say
from thakur.cli.parsing import Verbs, add_project, add_verb
from thakur.cli.repositories import add_git_token, ask_git, is_git_url

if TYPE_CHECKING:
    from thakur.cli.session import Session


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = (
        "thakur deploy . --project shop\n"
        "  thakur deploy https://github.com/you/shop --ref main --project shop\n"
        "  thakur deploy --git --project shop      (its repository again)"
    )
    parser = add_verb(verbs, "deploy", "build a folder or a repository and put it into production", example, run)
    what = "the folder (default: this one), or a repository's https URL, which the project then keeps"
    parser.add_argument("path", metavar="PATH|GIT_URL", nargs="?", help=what)
    parser.add_argument("--git", action="store_true", help="build the repository that the project has")
    parser.add_argument(
        "--ref", metavar="R", default="", help="a branch, tag or commit (default: the project's branch)"
    )
    add_git_token(parser)
    add_project(parser)
    parser.add_argument(
        "--fresh",
        action="store_true",
        help="reuse no artifact and no cache of earlier builds, only packages as they were fetched",
    )
    parser.add_argument("--dirty", action="store_true", help="in a git work tree: send changed and untracked files too")


def run(args: argparse.Namespace) -> int:
    """Send the folder, follow its build until the deployment is live, print the URL last."""
    from thakur.cli.following import outcome
    from thakur.cli.interface import DeployFailed
    from thakur.cli.session import open_session

    began = time.monotonic()
    _check_usage(args)
    session = open_session()
    if args.git or (args.path and is_git_url(args.path)):
        project, number = ask_git(session, args)
    else:
        folder = _folder(args.path or ".")
        project = _project(session, args, folder)
        number = _send(session, project, folder, is_dirty=args.dirty, is_fresh=args.fresh)
    try:
        ending = outcome(session.client, project, number)
    except KeyboardInterrupt:
        say(f"\nBuild #{number} goes on. Look at it with: thakur logs -f --project {project} --build {number}")
        raise
    seconds = round(time.monotonic() - began, 1)
    if args.json:
        document({"project": project, "number": number} | ending.summary() | {"seconds": seconds})
    if not ending.is_live:
        still = _still_live(session, project)
        raise DeployFailed(f"{ending.account()}{still}", hint=ending.next())
    say(f"#{number} is live after {seconds} s.")
    if not args.json:
        result(str(ending.url))
    return 0


def _check_usage(args: argparse.Namespace) -> None:
    from thakur.cli.interface import WrongUsage

    is_git = args.git or (args.path and is_git_url(args.path))
    if args.git and args.path:
        raise WrongUsage("--git builds the project's own repository", hint="Leave out either --git or the path.")
    if not is_git and (args.ref or args.git_token_file):
        raise WrongUsage(
            "--ref and --git-token-file are for repositories", hint="Name a git URL, or the project's own by --git."
        )
    if args.git and args.git_token_file:
        raise WrongUsage("--git uses the token that the project has", hint="Name the URL to give another one.")
    if is_git and args.dirty:
        raise WrongUsage("--dirty is for folders", hint="A repository has no changed files.")


def _folder(path: str) -> Path:
    from thakur.cli.interface import WrongUsage

    folder = Path(path).expanduser()
    try:
        if folder.is_dir():
            next(folder.iterdir(), None)
            return folder.resolve()
    except OSError as error:
        raise WrongUsage(f"{path} cannot be read: {error.strerror}", hint="Run this as a user who may.") from error
    raise WrongUsage(f"{path} is no folder", hint="Name the folder that holds the application.")


def _project(session: "Session", args: argparse.Namespace, folder: Path) -> str:
    from thakur.cli.remembered import remembered_project
    from thakur.projects import suggested_name

    asked = args.project or session.settings.project or remembered_project(session.settings, folder)
    return str(asked or suggested_name(folder.name))


def _send(session: "Session", project: str, folder: Path, *, is_dirty: bool, is_fresh: bool) -> int:
    from thakur.cli.remembered import remember_project
    from thakur.cli.sending.folder import selected
    from thakur.cli.sending.pack import check_size, packed
    from thakur.cli.session import project_path
    from thakur.cli.times import counted
    from thakur.cli.verbs.projects import create_missing

    with selected(folder, is_dirty=is_dirty) as selection:
        check_size(selection.entries)
        # Not before: a folder that cannot be sent leaves no project behind.
        create_missing(session, project)
        commit = f" at {selection.commit[:7]}" if selection.commit else ""
        say(f"Sending {counted(len(selection.entries), 'file')} of {folder.name}{commit} to {project}.")
        for note in selection.notes:
            say(note)
        build: dict[str, Any] = session.client.upload(
            project_path(project, "builds"),
            _watched(packed(selection.entries)),
            folder=folder.name[:255],
            commit=selection.commit,
            message=selection.message[:1000] if selection.message else None,
            fresh="true" if is_fresh else None,
        )
    remember_project(session.settings, folder, project)
    return int(build["number"])


def _still_live(session: "Session", project: str) -> str:
    from thakur.cli.session import project_path

    shown = session.client.get(project_path(project))
    return f" #{shown['active']} is still live at {shown['url']}." if shown["active"] else ""


def _watched(chunks: Iterable[bytes]) -> Iterator[bytes]:
    from thakur.cli.times import size

    sent_bytes = 0
    for chunk in chunks:
        yield chunk
        sent_bytes += len(chunk)
        progress(f"Sent {size(sent_bytes)}")
    progress()
    say(f"Sent {size(sent_bytes)}.")
