"""Labels of environments: production's, a branch's, and that of a pull request from a fork. Pure."""

import hashlib
import re

from thakur.projects.interface import PRODUCTION, Scope
from thakur.projects.names import HASH_CHARACTERS, LABEL_CHARACTERS, slug

_FORK = re.compile(r"pr-[1-9][0-9]*")


def branch_labels(branch: str) -> tuple[str, ...]:
    """The labels that the branch may have, the first that no other branch has; `Feat/x` and `feat-x` want the same one."""
    digest = hashlib.sha256(branch.encode(errors="surrogatepass")).hexdigest()
    whole = f"git-{slug(branch)}".rstrip("-")
    # A label has its place in addresses and lists, so it is no longer than a host's.
    apart = f"{whole[: LABEL_CHARACTERS - HASH_CHARACTERS - 1].rstrip('-')}-{digest[:HASH_CHARACTERS]}"
    is_plain = slug(branch) and len(whole) <= LABEL_CHARACTERS
    return (*((whole,) if is_plain else ()), apart, f"git-{digest[:40]}")


def fork_label(number: int) -> str:
    """The label of the pull request of that number, which comes from a fork."""
    return f"pr-{number}"


def is_fork(label: str) -> bool:
    """Whether what is built there is a stranger's: it is given no env var and nothing of other builds."""
    return _FORK.fullmatch(label) is not None


def scope_of(label: str) -> Scope | None:
    """Whose env vars an environment is given; None is nobody's."""
    if label == PRODUCTION:
        return Scope.PRODUCTION
    return None if is_fork(label) else Scope.PREVIEW
