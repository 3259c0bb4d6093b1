"""Repositories of projects, on a real database."""

import pytest
from sqlalchemy import select

from thakur.accounts import Role
from thakur.git import GitRefused, GitRules
from thakur.projects import GitTokenRefused, ProjectNotFound, Repository
from thakur.projects.models import RepositoryRow
from thakur.projects.repositories import LocalRepositories
from thakur.security import KeyRing, Sealer

URL, OTHER = "https://github.com/ada/shop", "https://github.com/ada/other"


@pytest.fixture
def repositories(db):
    return LocalRepositories(db, Sealer(KeyRing({1: b"k" * 32}), "git tokens"), GitRules())


@pytest.fixture
async def shop(projects, ours):
    return (await projects.create(ours, "shop")).id


async def test_a_repository_is_kept_with_its_token_sealed(repositories, db, ours, shop) -> None:
    kept = await repositories.set(ours, shop, f"{URL}/", "main", "s3cret")

    assert kept == Repository(url=URL, branch="main", has_token=True)
    assert await repositories.of([shop]) == {shop: kept}
    assert await repositories.token(shop, URL) == "s3cret"
    async with db.session() as session:
        stored = await session.scalar(select(RepositoryRow.token))
    assert b"s3cret" not in stored


async def test_a_token_stays_for_its_url_alone(repositories, ours, shop) -> None:
    await repositories.set(ours, shop, URL, token="s3cret")

    assert (await repositories.set(ours, shop, URL, "next")).has_token
    assert await repositories.set(ours, shop, f"{URL}/") == Repository(url=URL, branch="next", has_token=True)
    assert await repositories.token(shop, OTHER) == ""
    assert await repositories.set(ours, shop, OTHER) == Repository(url=OTHER, branch="", has_token=False)
    assert not (await repositories.set(ours, shop, URL)).has_token


async def test_an_empty_token_forgets_it_and_forget_the_whole(repositories, ours, shop) -> None:
    await repositories.set(ours, shop, URL, token="s3cret")
    assert not (await repositories.set(ours, shop, URL, token="")).has_token

    await repositories.forget(ours, shop)
    await repositories.forget(ours, shop)

    assert await repositories.of([shop]) == {}


async def test_a_foreign_project_is_not_found_and_a_viewer_may_not(repositories, ours, theirs, shop) -> None:
    import msgspec

    with pytest.raises(ProjectNotFound):
        await repositories.set(theirs, shop, URL)
    viewer = msgspec.structs.replace(ours, roles={ours.team_id: Role.VIEWER})
    with pytest.raises(Exception, match="may"):
        await repositories.set(viewer, shop, URL)


@pytest.mark.parametrize("token", ["two words", "line\nbreak", "größe", "x" * 5000])
async def test_what_is_no_token_is_refused(repositories, ours, shop, token) -> None:
    with pytest.raises(GitTokenRefused) as refused:
        await repositories.set(ours, shop, URL, token=token)
    assert token not in refused.value.message


def test_what_would_be_refused_is_refused_before(repositories) -> None:
    repositories.check("", "", None)
    for url, branch, token in [("git@github.com:a/b", "", None), (URL, "-x", None), ("", "main", None)]:
        with pytest.raises(GitRefused):
            repositories.check(url, branch, token)
