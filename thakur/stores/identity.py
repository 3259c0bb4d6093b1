"""The user that the servers run as when Thakur runs as root."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

SERVICE_NAME = "thakur"
# Below the tenants' block; used where the host has no such system user. The host's passwd is never edited.
SERVICE_ID = 609999


@dataclass(frozen=True, slots=True)
class ServiceUser:
    """A uid and gid, with or without an entry in the host's passwd."""

    uid: int
    gid: int


def service_user() -> ServiceUser | None:
    """Tell who the servers run as; None when that is the user of this process."""
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam(SERVICE_NAME)
    except KeyError:
        return ServiceUser(SERVICE_ID, SERVICE_ID)
    return ServiceUser(entry.pw_uid, entry.pw_gid)


def hand_over(directory: Path, user: ServiceUser | None) -> None:
    """Give a stopped server's files to its user, when they were made by another one."""
    if user is None or directory.stat().st_uid == user.uid:
        return
    for path in [*directory.rglob("*"), directory]:
        os.chown(path, user.uid, user.gid, follow_symlinks=False)
