"""The repositories of the browser, as the API tells of them."""

import pytest

from thakur.identities import AccountSeen, RepositorySeen, Seen, SignInNeeded

URL = "/api/v1/github/repositories"
ADA = AccountSeen(installation_id=2, account="ada", is_suspended=False, page_url="")


@pytest.fixture
def seen(doubles):
    found = [
        RepositorySeen(
            repository_id=n,
            full_name=name,
            is_private=True,
            is_archived=False,
            default_branch="main",
            language="",
            pushed_at=None,
        )
        for n, name in ((3, "ada/shop"), (4, "ada/shop-admin"), (5, "ada/blog"))
    ]
    doubles.browser.seen = Seen(accounts=(ADA,), repositories=tuple(found))
    return doubles


async def test_repositories_are_told_by_pages_with_the_projects_that_follow_them(client, seen):
    await client.post("/api/v1/projects", json={"name": "store", "github": "ada/shop"})

    first = await client.get(URL, params={"q": "shop", "limit": 1})
    second = await client.get(f"{URL}?q=shop&limit=1&cursor=1")

    assert [(one["full_name"], one["projects"]) for one in first.json()] == [("ada/shop", ["store"])]
    assert first.headers["link"] == f'<{URL}?q=shop&limit=1&cursor=1>; rel="next"'
    assert [one["full_name"] for one in second.json()] == ["ada/shop-admin"]
    assert "link" not in second.headers


async def test_whoever_github_does_not_know_is_told_to_sign_in(client, seen):
    seen.browser.refusal = SignInNeeded("Nobody knows you")

    answer = await client.get(URL)

    assert (answer.status_code, answer.json()["code"]) == (403, "github_sign_in_needed")
