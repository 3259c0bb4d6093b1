"""What somebody sees with their own rights decides which installation they may bring back from GitHub."""

from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from thakur.github import GitHubUnavailable
from thakur.installations import InstallationRefused


async def leave(ada) -> str:
    url = await ada.rooms.registrations.install(ada.principal, ada.house.fake_app.id)
    return parse_qs(urlsplit(url).query)["state"][0]


async def test_somebody_elses_installation_of_the_same_app_is_refused(ada) -> None:
    github = ada.house.github
    foreign = github.install(ada.house.fake_app, "eve", await github.add_repository("eve/secrets"))
    before = (await ada.rooms.apps.list(ada.principal))[0].installations

    with pytest.raises(InstallationRefused, match="not one of yours"):
        await ada.rooms.registrations.installed(ada.principal, foreign.id, await leave(ada))
    assert (await ada.rooms.apps.list(ada.principal))[0].installations == before

    own = await ada.rooms.registrations.installed(ada.principal, ada.house.installation.id, await leave(ada))
    assert "ada" in [each.account for each in own.installations]


async def test_of_somebody_who_never_signed_in_the_app_itself_is_asked_alone(ada) -> None:
    stranger = msgspec.structs.replace(ada.principal, user_id=None)
    url = await ada.rooms.registrations.install(stranger, ada.house.fake_app.id)
    state = parse_qs(urlsplit(url).query)["state"][0]

    app = await ada.rooms.registrations.installed(stranger, ada.house.installation.id, state)

    assert [each.account for each in app.installations] == ["ada"]


async def test_while_github_is_away_nothing_is_decided(ada) -> None:
    state = await leave(ada)
    ada.house.github.fail("/user/installations", times=3, status=502)

    with pytest.raises(GitHubUnavailable):
        await ada.rooms.registrations.installed(ada.principal, ada.house.installation.id, state)
    await ada.rooms.registrations.installed(ada.principal, ada.house.installation.id, state)
