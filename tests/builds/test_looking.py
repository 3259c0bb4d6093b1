"""Looking at repositories of this host before they are built, in a real sandbox."""

import os
from pathlib import Path

import pytest

from support.git_server import Repository
from thakur.accounts import Principal, Role
from thakur.builds import BuildFailed, GitSource, LooksTaken
from thakur.builds.looking import LocalPlans
from thakur.errors import Forbidden
from thakur.git import FetchFailed, GitRefused, GitRules
from thakur.git.local import Borders, LocalGit
from thakur.projects import Overrides
from thakur.sandbox import LocalSandbox, root_name

TENANT = 645_001
HONO = {
    "package.json": '{"dependencies": {"hono": "4"}, "scripts": {"start": "bun src/index.ts"}}',
    "src": {"index.ts": ""},
}


@pytest.fixture
def plans(tmp_path: Path) -> LocalPlans:
    rules = GitRules(schemes=("file",))
    git = LocalGit(
        LocalSandbox(root_name(tmp_path)), rules, {}, Borders(unpacked_bytes=2_000_000, unpacked_entries=100)
    )
    is_root = os.geteuid() == 0
    return LocalPlans(git, rules, tmp_path / "looks", TENANT if is_root else os.geteuid(), owns_files=is_root)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "shop.git")


def somebody(role: Role = Role.MEMBER) -> Principal:
    return Principal(actor="ada", team_id=1, roles={1: role})


async def look(plans: LocalPlans, repository: Repository, ref: str = "", settings: Overrides | None = None):
    asked = GitSource(url=f"file://{repository.path}", ref=ref)
    return await plans.look(somebody(), asked, "", settings or Overrides())


async def test_a_look_tells_the_commit_and_the_plan_and_keeps_nothing(plans, repository, tmp_path):
    commit = repository.commit(HONO, "Say hello")

    found = await look(plans, repository)
    told = await look(plans, repository, "main", Overrides(start="bun other.ts"))

    assert (found.source.commit, found.source.message, found.source.author) == (commit, "Say hello", "Ada")
    assert (found.plan.framework, found.plan.start) == ("Hono", ("bun", "src/index.ts"))
    assert told.plan.overridden["start"] == "the project's settings"
    assert list((tmp_path / "looks").iterdir()) == []


async def test_what_cannot_be_had_or_is_nothing_is_told_and_keeps_nothing(plans, repository, tmp_path):
    repository.commit({"notes.txt": ""})

    with pytest.raises(BuildFailed):
        await look(plans, repository)
    with pytest.raises(FetchFailed):
        await look(plans, repository, "nowhere")
    with pytest.raises(GitRefused):
        await plans.look(somebody(), GitSource(url="https://git.example/shop"), "", Overrides())
    repository.commit({"index.html": "", "evil": ("120000", "/etc/passwd")})
    with pytest.raises(GitRefused):
        await look(plans, repository)
    assert list((tmp_path / "looks").iterdir()) == []


async def test_only_so_many_look_at_once_and_only_who_may_create_projects(plans, repository):
    with pytest.raises(Forbidden):
        await plans.look(somebody(Role.VIEWER), GitSource(url="file:///srv/shop.git"), "", Overrides())
    plans._looks = 2

    with pytest.raises(LooksTaken):
        await look(plans, repository)
