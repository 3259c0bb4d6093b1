"""Git: a *URL* and a *ref* become a *commit*, and that commit's files an archive that nobody has to believe.

Everything that reads what a repository or its server says runs in a sandbox; what may be reached is the operator's word.
"""

from thakur.git.grammar import check_ref, check_url, folder_of
from thakur.git.interface import Commit, FetchFailed, Git, GitRefused, GitRules, Note, Resolved, Wanted, Workplace

__all__ = [
    "Commit",
    "FetchFailed",
    "Git",
    "GitRefused",
    "GitRules",
    "Note",
    "Resolved",
    "Wanted",
    "Workplace",
    "check_ref",
    "check_url",
    "folder_of",
]
