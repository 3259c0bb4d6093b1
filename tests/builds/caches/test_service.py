"""The caches of all projects on one disk."""

import os
import shutil
from pathlib import Path

import pytest

from support.fake_accounts import OPERATOR
from thakur.accounts import Action, Principal
from thakur.builds import Plan
from thakur.builds.caches.service import LocalCaches
from thakur.builds.workspaces.directories import Workspaces

GB = 1024**3


class AskedProjects:
    """Implements what caches ask of Projects."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, Action]] = []

    async def authorize(self, principal: Principal, project_id: int, action: Action) -> None:
        self.asked.append((project_id, action))


class Disk:
    """What the system says of the disk: more is free with each project that has no cache."""

    def __init__(self, directory: Path, total: int, free: int) -> None:
        self._directory, self._total, self._free = directory, total, free

    def usage(self, path: Path) -> object:
        gone = 5 - len(list(self._directory.glob("*/cache")))
        return shutil._ntuple_diskusage(self._total, 0, self._free + gone * GB)


def build_once(workspaces: Workspaces, project_id: int, used_at: int) -> None:
    workspace = workspaces.prepare(project_id, 1, 1)
    workspace.mkdir()
    loan = workspaces.loan(workspace, None)
    loan.open(Plan(framework="Vite", kind="static", output="dist"), is_fresh=False)
    (workspace / ".thakur-cache" / "bun").mkdir()
    (workspace / ".thakur-cache" / "bun" / "a.npm").write_bytes(b"x" * 10_000)
    loan.leave()
    workspaces.remove(workspace)
    os.utime(workspaces.shelf(project_id).directory / "size", (used_at, used_at))


async def test_a_cache_is_cleared_for_whoever_may_deploy(tmp_path: Path) -> None:
    workspaces, projects = Workspaces(tmp_path), AskedProjects()
    caches = LocalCaches(projects, workspaces)
    build_once(workspaces, 7, 1)
    before = await caches.size_bytes([7, 8])

    freed = await caches.clear(OPERATOR, 7)

    assert before[7] >= 10_000
    assert before[8] == 0
    assert freed >= before[7]
    assert projects.asked == [(7, Action.DEPLOY)]
    assert await caches.size_bytes([7]) == {7: 0}
    assert await caches.clear(OPERATOR, 7) == 0


@pytest.mark.parametrize(
    ("free", "left"),
    [(20 * GB, {1, 2, 3, 4, 5}), (4 * GB, {1, 3, 4, 5}), (3 * GB, {1, 3, 4}), (0, {3})],
    ids=["enough", "one is enough", "two are", "nothing is"],
)
def test_caches_go_when_the_disk_is_nearly_full_and_those_in_use_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, left: set[int]
) -> None:
    workspaces = Workspaces(tmp_path)
    for project_id, used_at in ((1, 500), (2, 100), (3, 50), (4, 400), (5, 200)):
        build_once(workspaces, project_id, used_at)
    workspaces.prepare(3, 2, 1).mkdir()
    monkeypatch.setattr(shutil, "disk_usage", Disk(tmp_path, 100 * GB, free).usage)

    LocalCaches(AskedProjects(), workspaces).make_room(tmp_path)

    assert {int(path.parent.name) for path in tmp_path.glob("*/cache")} == left
