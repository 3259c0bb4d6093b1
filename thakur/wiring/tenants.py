"""The uid of a project's processes and files."""

import os
from pathlib import Path

from thakur.sandbox import tenant_uid, uid_base


class TenantUids:
    """One for each project when Thakur runs as root, else this user's for all of them. Raises UidsExhausted."""

    def __init__(self, data_dir: Path) -> None:
        self._base = uid_base(data_dir) if os.geteuid() == 0 else None

    @property
    def are_apart(self) -> bool:
        return self._base is not None

    @property
    def of_none(self) -> int:
        """For files that belong to no project yet."""
        return os.geteuid() if self._base is None else self._base

    def of(self, project_id: int) -> int:
        return os.geteuid() if self._base is None else tenant_uid(self._base, project_id)
