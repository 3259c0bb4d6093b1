"""Answers that GitHub itself gave once, as @octokit/fixtures has recorded them, against those of the stand-in."""

import json
from typing import Any

import aiohttp
import pytest

from support.foreign import CONTRACT
from support.github import Clone, github_house
from thakur.github import Scope

SCENARIOS = CONTRACT / "node_modules" / "@octokit" / "fixtures" / "scenarios" / "api.github.com"
# What GitHub says of a repository to some only, or said when this was recorded.
SELDOM = {"permissions", "organization", "allow_squash_merge", "allow_merge_commit", "allow_rebase_merge",
          "delete_branch_on_merge", "allow_auto_merge", "temp_clone_token", "security_and_analysis", "verification",
    "allow_update_branch",
    "use_squash_pr_title_as_default",
}  # fmt: skip


@pytest.fixture
async def shop(tmp_path, node):
    """The house with a commit in its shop, and a way to ask that follows nothing."""
    async with github_house(tmp_path / "github") as house:
        house.fake_app.permissions |= {"administration": "write", "issues": "write"}
        clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
        clone.commit({"README.md": "# test\n", "d/a": "1"})
        await clone.push()

        async with aiohttp.ClientSession() as session:

            async def ask(method: str, path: str, body: object = None) -> tuple[int, Any, Any]:
                token = await house.app.tokens.get(Scope(house.installation.id))
                url, headers = f"{house.github.url}/api/v3{path}", {"Authorization": f"Bearer {token}"}
                asked = session.request(method, url, json=body, headers=headers, allow_redirects=False)
                async with asked as answer:
                    return answer.status, answer.headers, await answer.json()

            yield house, clone, ask


def recorded(scenario: str) -> list[dict[str, Any]]:
    return json.loads((SCENARIOS / scenario / "normalized-fixture.json").read_text())


def lacking(recorded: Any, ours: Any, where: str = "") -> list[str]:
    """What was recorded and is not said by the stand-in, or is of another kind."""
    if isinstance(recorded, dict) and isinstance(ours, dict):
        found = [f"{where}/{name}" for name in recorded if name not in ours and name not in SELDOM]
        shared = recorded.keys() & ours.keys()
        return found + [
            each for name in sorted(shared) for each in lacking(recorded[name], ours[name], f"{where}/{name}")
        ]
    if isinstance(recorded, list) and isinstance(ours, list):
        return lacking(recorded[0], ours[0], f"{where}/0") if recorded and ours else []
    is_same = recorded is None or ours is None or type(recorded) is type(ours)
    return [] if is_same else [f"{where}: {type(recorded).__name__} and not {type(ours).__name__}"]


async def test_a_renamed_repository_is_led_to_as_it_was_on_github(shop) -> None:
    house, _, ask = shop
    renamed, moved, there, moved_write, _ = recorded("rename-repository")

    status, _, body = await ask("PATCH", "/repos/ada/shop", {"name": "store"})
    assert (status, lacking(renamed["response"], body)) == (renamed["status"], [])

    for each, method in ((moved, "GET"), (moved_write, "PATCH")):
        status, headers, body = await ask(method, "/repos/ada/shop", {"name": "other"} if method == "PATCH" else None)
        assert (status, body["message"]) == (each["status"], each["response"]["message"])
        assert headers["Location"] == body["url"] == f"{house.github.url}/api/v3/repositories/{house.shop.id}"
        assert body.keys() == each["response"].keys()
        assert headers["Content-Type"] == each["headers"]["content-type"]
    status, _, body = await ask("GET", f"/repositories/{house.shop.id}")
    assert (status, body["name"], lacking(there["response"], body)) == (200, "store", [])


async def test_what_does_not_fit_is_refused_in_githubs_form(shop) -> None:
    _, clone, ask = shop
    (refused,) = recorded("errors")
    status, headers, body = await ask(
        "POST", f"/repos/ada/shop/statuses/{clone.git('rev-parse', 'HEAD')}", {"state": "x"}
    )

    assert (status, body["message"]) == (refused["status"], refused["response"]["message"])
    assert body["errors"][0].keys() == refused["response"]["errors"][0].keys()
    assert lacking(refused["response"], body) == []
    assert headers["Content-Type"] == refused["headers"]["content-type"]


@pytest.mark.parametrize(
    ("scenario", "number", "method", "path", "body"),
    [
        ("get-repository", 0, "GET", "/repos/ada/shop", None),
        ("get-content", 0, "GET", "/repos/ada/shop/contents/", None),
        ("create-status", 1, "POST", "/repos/ada/shop/statuses/{sha}", {"state": "failure", "context": "example/1"}),
        ("create-status", 2, "GET", "/repos/ada/shop/commits/{sha}/statuses", None),
        ("create-status", 3, "GET", "/repos/ada/shop/commits/{sha}/status", None),
        ("git-refs", 0, "GET", "/repos/ada/shop/git/matching-refs/heads/", None),
    ],
)
async def test_an_answer_says_all_that_githubs_own_did(shop, scenario, number, method, path, body) -> None:
    _, clone, ask = shop
    sha = clone.git("rev-parse", "HEAD")
    await ask("POST", f"/repos/ada/shop/statuses/{sha}", {"state": "success"})
    expected = recorded(scenario)[number]

    status, headers, told = await ask(method, path.format(sha=sha), body)

    assert (expected["method"], status) == (method.lower(), expected["status"])
    assert lacking(expected["response"], told) == []
    assert headers["Content-Type"] == expected["headers"]["content-type"]
