"""The stand-in's own controls over HTTP."""

import aiohttp
import pytest

from thakur.fakegithub import FakeGitHub


@pytest.fixture
async def controlled(tmp_path):
    """A stand-in with controls, and a way to use them."""
    async with FakeGitHub(tmp_path / "github", "secret") as github, aiohttp.ClientSession() as session:

        async def post(act: str, told: object, token: str = "secret") -> int:
            headers = {"X-Control-Token": token}
            async with session.post(f"{github.url}/_fake/{act}", json=told, headers=headers) as answer:
                return answer.status

        yield github, session, post


async def test_only_who_has_the_token_has_things_happen(controlled, house, raw) -> None:
    github, session, post = controlled
    await github.add_repository("ada/shop")
    for act, token in (("rename", "wrong"), ("rename", ""), ("dance", "secret")):
        assert await post(act, {"repository": "ada/shop", "name": "store"}, token) == 404
    assert await post("rename", {"repository": "ada/shop", "name": "store"}) == 204
    assert github.state.named("ada/store") is not None
    async with session.get(f"{github.url}/_fake/state", headers={"X-Control-Token": "secret"}) as answer:
        assert [each["full_name"] for each in (await answer.json())["repositories"]] == ["ada/store"]
    assert (await raw(f"{house.github.url}/_fake/state", X_Control_Token=""))[0] == 404, (
        "without a token there are none"
    )


async def test_what_is_no_act_is_refused_with_why(controlled) -> None:
    _, _, post = controlled
    assert await post("rename", {"repository": "nobody/nothing", "name": "x"}) == 422
    assert await post("fault", {"match": "x", "wings": 2}) == 422


async def test_faults_clocks_limits_and_mischief_are_set(controlled) -> None:
    github, _, post = controlled
    app = github.add_app("thakur")
    repository = await github.add_repository("ada/shop")
    installation = github.install(app, "ada", repository)
    for act, told in (
        ("fault", {"match": "/app", "status": 502}),
        ("clock", {"seconds": 60}),
        ("limit", {"payer": "app ID 1", "remaining": 0}),
        ("mischief", {"copies": 3}),
        ("suspend", {"installation": installation.id}),
        ("private", {"repository": "ada/shop", "private": False}),
        ("default_branch", {"repository": "ada/shop", "branch": "next"}),
        ("remove_repo", {"installation": installation.id, "repository": "ada/shop"}),
        ("hook_url", {"app": app.id, "url": "http://127.0.0.1:1/"}),
        ("transfer", {"repository": "ada/shop", "to": "grace"}),
        ("uninstall", {"installation": installation.id}),
        ("expire", {}),
    ):
        assert await post(act, told) == 204, act
    assert (github.state.skew.total_seconds(), github.hooks.mischief.copies) == (60, 3)
    assert (github.state.installations, repository.full_name) == ({}, "grace/shop")
    assert (repository.is_private, repository.default_branch, app.hook_url) == (False, "next", "http://127.0.0.1:1/")
