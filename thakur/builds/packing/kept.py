"""The kept directory: which part of a finished workspace becomes the artifact."""

import stat
from pathlib import Path

from thakur.builds.interface import BuildFailed, Failure
from thakur.builds.plan import Plan
from thakur.builds.workspaces.disk import remove_tree


def kept_directory(workspace: Path, plan: Plan) -> Path:
    """The plan's output, found without following a link: the build could have laid one to anywhere.

    Raises BuildFailed when it is not there.
    """
    kept = workspace
    for part in Path(plan.output).parts:
        kept = kept / part
        try:
            mode = kept.lstat().st_mode
        except (FileNotFoundError, NotADirectoryError) as error:
            raise BuildFailed(_missing(plan, "the build ended well but did not write it")) from error
        if not stat.S_ISDIR(mode):
            raise BuildFailed(_missing(plan, f"{part} is there, but it is no directory"))
    return kept


def join_output(workspace: Path, plan: Plan) -> None:
    """Move the plan's copies to their places; what the build did not write is left out. Nothing runs there any more."""
    for copy in plan.copies:
        source, target = Path(copy.source), Path(copy.target)
        if not _is_real(workspace, source) or not _is_real(workspace, target.parent):
            continue
        remove_tree(workspace / target)
        (workspace / source).rename(workspace / target)


def _is_real(workspace: Path, path: Path) -> bool:
    # A link on the way, which a build could have laid to anywhere, counts as nothing.
    place = workspace
    for part in path.parts:
        place = place / part
        if place.is_symlink() or not place.exists():
            return False
    return True


def _missing(plan: Plan, why: str) -> Failure:
    return Failure(
        code="output_missing",
        what=f"There is no directory {plan.output} to publish.",
        why=f"{plan.framework} is expected to leave its result in {plan.output}, and {why}.",
        next=f"Let the build script write its result to {plan.output}.",
    )
