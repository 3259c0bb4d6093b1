"""Names that git takes for a branch and for a file."""

import pygit2


def is_branch_name(name: str) -> bool:
    """As git's own rule has it."""
    return bool(name) and not name.startswith("-") and pygit2.reference_is_valid_name(f"refs/heads/{name}")


def is_file_name(path: str) -> bool:
    """A path from the top that leads nowhere else."""
    return all(each not in ("", ".", "..") and each.lower() != ".git" for each in path.split("/"))
