"""Tokens of installations: for which repositories, with what, in which form, for how long."""

import json
from datetime import timedelta

import pytest

from thakur.github import CredentialsRefused, NotPermitted, NotThere, RequestRefused


@pytest.fixture
def mint(house, as_app):
    async def mint(**asked):
        return await as_app(f"/app/installations/{house.installation.id}/access_tokens", "POST", asked)

    return mint


async def test_a_token_is_for_what_was_asked_for_and_names_it(house, mint) -> None:
    everything = await mint()
    assert "repositories" not in everything
    assert everything["permissions"]["deployments"] == "write"
    one = await mint(repository_ids=[house.shop.id], permissions={"contents": "read"})
    assert [each["full_name"] for each in one["repositories"]] == ["ada/shop"]
    assert one["permissions"] == {"metadata": "read", "contents": "read"}
    assert [each["name"] for each in (await mint(repositories=["shop"]))["repositories"]] == ["shop"]


@pytest.mark.parametrize(
    "asked",
    [
        {"repository_ids": [1]},
        {"repositories": ["other"]},
        {"repository_ids": list(range(501))},
        {"permissions": {"contents": "write"}},
        {"permissions": {"secrets": "read"}},
        {"permissions": {"contents": "everything"}},
    ],
)
async def test_more_than_was_granted_is_refused(mint, asked) -> None:
    with pytest.raises(RequestRefused, match="422"):
        await mint(**asked)


async def test_both_forms_of_a_token_open_the_same(house, raw, as_app) -> None:
    key = await house.app._signer.token()
    found = {}
    for form in ("enabled", "disabled"):
        path = f"/app/installations/{house.installation.id}/access_tokens"
        _, _, text = await raw(path, "POST", {}, Authorization=f"Bearer {key}", X_GitHub_Stateless_S2S_Token=form)
        found[form] = json.loads(text)["token"]
        assert (await raw("/repos/ada/shop", Authorization=f"token {found[form]}"))[0] == 200
    assert len(found["disabled"]) == 40
    assert len(found["enabled"]) > 400
    assert found["enabled"].startswith(f"ghs_{house.fake_app.id}_")


async def test_a_token_ends_after_an_hour_and_with_its_installation(house, mint, as_app) -> None:
    ask = house.app.rest.ask
    token = (await mint())["token"]
    house.github.state.skew = timedelta(minutes=61)
    with pytest.raises(CredentialsRefused, match="Bad credentials"):
        await ask("test", "GET", "/repos/ada/shop", token)
    house.github.state.skew = timedelta()
    path = f"/app/installations/{house.installation.id}"
    await as_app(f"{path}/suspended", "PUT")
    with pytest.raises(NotPermitted, match="suspended"):
        await ask("test", "GET", "/repos/ada/shop", token)
    await as_app(f"{path}/suspended", "DELETE")
    assert (await ask("test", "GET", "/installation/repositories", token)).data["total_count"] == 1
    house.installation.repository_ids.clear()
    assert (await ask("test", "GET", "/installation/repositories", token)).data["total_count"] == 0
    with pytest.raises(NotThere):
        await ask("test", "GET", "/repos/ada/shop", token)
    await as_app(path, "DELETE")
    with pytest.raises(CredentialsRefused):
        await ask("test", "GET", "/installation/repositories", token)
    with pytest.raises(NotThere):
        await as_app(path)


async def test_an_installation_is_found_by_its_account(as_app, house) -> None:
    assert (await as_app("/users/ada/installation"))["id"] == house.installation.id
    with pytest.raises(NotThere):
        await as_app("/users/grace/installation")
    assert (await as_app("/app"))["installations_count"] == 1
