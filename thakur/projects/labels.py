"""Labels of environments: production's, a branch's, and that of a pull request from a fork. Pure."""

import hashlib
import re

from thakur.projects.interface import PRODUCTION, Scope
from thakur.projects.names import HASH_CHARACTERS, slug

_FORK = re.compile(r"pr-[1-9][0-9]*")


def branch_labels(branch: str) -> tuple[str, ...]:
    """The labels that the branch may have, the first that no other branch has; `Feat/x` and `feat-x` want the same one."""
    digest = hashlib.sha256(branch.encode(errors="surrogatepass")).hexdigest()
    plain = slug(branch)
    short = f"git-{plain}-{digest[:HASH_CHARACTERS]}" if plain else f"git-{digest[:HASH_CHARACTERS]}"
    return (*((f"git-{plain}",) if plain else ()), short, f"git-{digest}")


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
