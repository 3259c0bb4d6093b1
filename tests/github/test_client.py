"""The client against the stand-in: proofs, tokens, patience, and what is told of a repository."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from support.github import Clone
from thakur.github import (
    App,
    AppKey,
    AppKeyRefused,
    CredentialsRefused,
    GitHubUnavailable,
    NotPermitted,
    NotThere,
    RequestRefused,
    Rest,
    Scope,
    check_key,
)


async def test_an_app_proves_itself_and_finds_its_installations(house) -> None:
    assert (await house.app.found()).slug == "thakur"
    (only,) = await house.app.installations()
    assert (only.id, only.account.login) == (house.installation.id, "ada")
    assert await house.app.installation_on("ada/shop") == only
    assert await house.app.installation_on("ada/other") is None
    assert await house.app.installation(1) is None


async def test_another_apps_key_is_refused(house) -> None:
    key = AppKey(site=house.app.key.site, app_id=1, private_key=house.fake_app.private_key)
    with pytest.raises(CredentialsRefused, match="401"):
        await App(key, house.app.rest).found()
    with pytest.raises(AppKeyRefused) as refused:
        check_key("-----BEGIN RSA PRIVATE KEY-----\nnonsense\n")
    assert "nonsense" not in str(refused.value)


async def test_fifty_who_ask_at_once_share_one_token(house) -> None:
    scope = Scope(house.installation.id)

    tokens = await asyncio.gather(*(house.app.tokens.get(scope) for _ in range(50)))

    assert len(set(tokens)) == house.github.state.minted == 1
    assert len(tokens[0]) > 400
    assert "." in tokens[0]


async def test_a_token_shortly_before_its_end_is_replaced_and_so_is_one_that_github_took_back(house) -> None:
    first = await house.app.tokens.get(Scope(house.installation.id))
    house.github.state.tokens.clear()

    assert (await house.installed.repository("ada/shop")).id == house.shop.id
    assert house.github.state.minted == 2

    kept = house.app.tokens._kept
    for scope, token in kept.items():
        kept[scope] = type(token)(token.token, datetime.now(UTC) + timedelta(minutes=4))
    assert await house.app.tokens.get(Scope(house.installation.id)) != first
    assert house.github.state.minted == 3


async def test_a_token_for_one_repository_opens_no_other_and_may_only_read(house) -> None:
    other = house.github.state.named("ada/other")
    house.installation.repository_ids.add(other.id)
    scope = Scope(house.installation.id, (house.shop.id,), (("contents", "read"),))
    token = (await house.app.mint(scope)).token

    ask = house.app.rest.ask
    assert (await ask("test", "GET", "/repos/ada/shop", token)).data["full_name"] == "ada/shop"
    with pytest.raises(NotThere):
        await ask("test", "GET", "/repos/ada/other", token)
    with pytest.raises(NotPermitted):
        await ask("test", "POST", f"/repos/ada/shop/statuses/{'0' * 40}", token, {"state": "success"})

    await house.app.revoke(token)
    await house.app.revoke(token)
    with pytest.raises(CredentialsRefused):
        await ask("test", "GET", "/repos/ada/shop", token)


async def test_the_head_of_a_branch_is_told_also_of_one_with_a_strange_name(house, tmp_path) -> None:
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    sha = clone.commit({"index.html": "one"}, "Say one")
    strange = "feat/$(touch${IFS}pwn);x&y|`id`"
    await clone.push("HEAD", f"HEAD:refs/heads/{strange}")

    head = await house.installed.head(house.shop.id, "main")

    assert (head.sha, head.message, head.author) == (sha, "Say one", "Ada")
    assert (await house.installed.head(house.shop.id, strange)).sha == sha
    assert await house.installed.head(house.shop.id, "gone") is None
    with pytest.raises(NotThere):
        await house.installed.head(1, "main")


async def test_what_github_is_told_arrives_and_a_deployment_is_made_once(house, tmp_path) -> None:
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    sha = clone.commit({"a": "1"})
    await clone.push()
    made = await house.installed.make_deployment(house.shop.id, sha, "production", "shop #1")
    assert await house.installed.make_deployment(house.shop.id, sha, "production", "shop #1") == made
    assert await house.installed.make_deployment(house.shop.id, sha, "production", "shop #2") != made

    await house.installed.tell_deployment(house.shop.id, made, "success", {"environment_url": "http://shop.localhost"})
    await house.installed.tell_commit(house.shop.id, sha, "thakur/shop", "success", {"description": "x" * 500})

    assert house.shop.deployments[0]["statuses"][0]["environment_url"] == "http://shop.localhost"
    assert len(house.shop.statuses[0]["description"]) == 140


async def test_a_renamed_repository_is_found_by_its_old_name_and_by_its_id(house) -> None:
    house.github.rename(house.shop, "ada/store")

    assert (await house.installed.repository("ada/shop")).full_name == "ada/store"
    assert (await house.installed.repository_of(house.shop.id)).full_name == "ada/store"


async def test_a_stumble_is_tried_again_but_nothing_is_made_twice(house) -> None:
    house.github.fail("GET /api/v3/app", 2, 502)
    assert (await house.app.found()).slug == "thakur"

    house.github.fail("POST", 1, 502)
    with pytest.raises(GitHubUnavailable):
        await house.app.redeliver(1)
    assert len([each for each in house.asked if each.startswith("POST")]) == 1


async def test_a_pause_holds_for_the_whole_installation_and_nothing_is_asked_before_its_end(house) -> None:
    await house.installed.repository("ada/shop")
    house.github.fail("/repos", 1, 429, "slow down", retry_after="30")
    with pytest.raises(GitHubUnavailable) as told:
        await house.installed.repository("ada/shop")
    asked = len(house.asked)

    with pytest.raises(GitHubUnavailable):
        await house.installed.head(house.shop.id, "main")

    assert 29 <= told.value.retry_seconds <= 30
    assert len(house.asked) == asked
    assert (await house.app.found()).slug == "thakur", "the App pays for itself"


async def test_a_short_pause_is_waited_for(house) -> None:
    house.github.fail("/app", 1, 429, "slow down", retry_after="1")
    before = asyncio.get_running_loop().time()
    await house.app.found()
    assert asyncio.get_running_loop().time() - before >= 0.9


async def test_a_redirect_away_from_the_api_takes_no_token_along(house) -> None:
    house.github.fail("/app", 1, 302, "moved", location="http://127.0.0.1:1/api/v3/app")
    with pytest.raises(RequestRefused, match="another address"):
        await house.app.found()


async def test_a_site_that_is_away_is_said_so(house) -> None:
    key = AppKey(site=house.app.key.site, app_id=1, private_key=house.fake_app.private_key)
    rest = Rest("http://127.0.0.1:1/api/v3")
    with pytest.raises(GitHubUnavailable, match="does not answer"):
        await App(key, rest).found()
    await rest.close()
