"""What somebody sees of GitHub is what GitHub shows them; only who manages the Apps may look without signing in."""

import msgspec
import pytest

from support.github import Clone
from support.identified import Known
from thakur.accounts import Role
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.state import FakeRepository
from thakur.identities import AccountSeen, SignInAgain, SignInNeeded
from thakur.identities.browsing.browser import LocalBrowser
from thakur.installations import RepositoryUnknown


def browser_of(ada: Known) -> LocalBrowser:
    rooms = ada.rooms
    return LocalBrowser(rooms.identifying.identities, rooms.apps, rooms.clients, rooms.connections)


def fill(ada: Known, count: int) -> list[FakeRepository]:
    """So many repositories more, of which only GitHub's tables know."""
    state, house = ada.house.github.state, ada.house
    first = 1 + max(state.repositories)
    made = [
        FakeRepository(id=first + n, account=ada.person, name=f"n{n:03}", path=house.shop.path) for n in range(count)
    ]
    state.repositories |= {one.id: one for one in made}
    house.installation.repository_ids.update(one.id for one in made)
    return made


async def used(ada: Known) -> int:
    """How much of their hour GitHub has counted."""
    token = await ada.rooms.identifying.tokens.fresh(ada.identity_id, ada.app)
    told = await ada.rooms.clients.rest(f"{ada.house.github.url}/api/v3").ask("", "GET", "/rate_limit", token)
    return int(told.data["resources"]["core"]["used"])


async def test_250_repositories_are_read_by_pages_and_a_second_look_costs_nothing(ada: Known):
    fill(ada, 249)
    browser = browser_of(ada)

    first = await browser.look(ada.principal)
    asked = [line for line in ada.house.asked if line.endswith("/repositories")]
    cost = await used(ada)
    second = await browser.look(ada.principal)

    assert len(first.repositories) == 250
    assert len(asked) == 3, asked
    assert not first.by_app
    assert second == first
    assert await used(ada) == cost == 4


async def test_a_repository_that_is_taken_away_is_gone_from_the_next_look(ada: Known):
    (gone, *_) = fill(ada, 120)
    browser = browser_of(ada)
    before = await browser.look(ada.principal)

    ada.house.installation.repository_ids.discard(gone.id)
    after = await browser.look(ada.principal)

    assert {one.full_name for one in before.repositories} - {one.full_name for one in after.repositories} == {
        "ada/n000"
    }


async def test_accounts_are_shown_with_where_they_are_changed_and_one_may_be_asked_for(ada: Known):
    browser = browser_of(ada)

    seen = await browser.look(ada.principal, ada.house.installation.id)
    other = await browser.look(ada.principal, ada.house.installation.id + 1)

    (account,) = seen.accounts
    assert isinstance(account, AccountSeen)
    assert (account.account, account.is_suspended) == ("ada", False)
    assert account.page_url.startswith(ada.house.github.url)
    assert [one.full_name for one in seen.repositories] == ["ada/shop"]
    assert (other.accounts, other.repositories) == (seen.accounts, ())


async def test_a_suspended_installation_is_named_and_opens_nothing(ada: Known):
    ada.house.github.suspend(ada.house.installation, is_suspended=True)

    seen = await browser_of(ada).look(ada.principal)

    assert [one.is_suspended for one in seen.accounts] == [True]
    assert seen.repositories == ()


async def test_what_a_person_may_not_see_they_neither_see_nor_choose(ada: Known):
    bob = ada.house.github.state.people.user("bob")
    ada.rooms.identifying.identities.client = lambda *_: _as(ada, bob)  # type: ignore[method-assign]
    browser = browser_of(ada)

    assert (await browser.look(ada.principal)).repositories == ()
    with pytest.raises(RepositoryUnknown):
        await browser.choose(ada.principal, "ada/shop")


async def test_a_repository_is_chosen_by_its_name_wherever_that_leads_now(ada: Known):
    browser = browser_of(ada)
    ada.house.github.rename(ada.house.shop, "ada/store")

    found = await browser.choose(ada.principal, "ada/shop")

    assert (found.full_name, found.repository_id) == ("ada/store", ada.house.shop.id)
    for name in ("ada/other", "nobody/nothing", "../../evil", "ada/shop?x=1"):
        with pytest.raises(RepositoryUnknown):
            await browser.choose(ada.principal, name)


async def test_only_who_manages_the_apps_looks_without_having_signed_in(ada: Known):
    browser = browser_of(ada)
    owner = msgspec.structs.replace(ada.principal, user_id=None)
    member = msgspec.structs.replace(owner, roles={ada.principal.team_id: Role.MEMBER})

    seen = await browser.look(owner)

    assert seen.by_app
    assert [one.full_name for one in seen.repositories] == ["ada/shop"]
    assert (await browser.choose(owner, "ada/shop")).full_name == "ada/shop"
    with pytest.raises(SignInNeeded):
        await browser.look(member)
    with pytest.raises(SignInNeeded):
        await browser.choose(member, "ada/shop")


async def test_a_team_without_an_app_sees_that_it_has_none(ada: Known):
    stranger = await ada.rooms.principal("theirs")

    assert not (await browser_of(ada).look(stranger)).has_apps


async def test_who_took_it_back_on_github_signs_in_again(ada: Known):
    ada.house.github.revoke(ada.house.fake_app, ada.person)

    with pytest.raises(SignInAgain):
        await browser_of(ada).look(ada.principal)


async def test_folders_with_a_package_are_found_near_the_root(ada: Known, tmp_path):
    clone = Clone(tmp_path / "clone", ada.house.github.push_url(ada.house.shop))
    names = ["package.json", "apps/web/package.json", "apps/api/package.json", "a/b/c/d/e/package.json", "x/index.html"]
    clone.commit(dict.fromkeys([*names, "node_modules/left/package.json"], "{}"))
    await clone.push("main")
    found = await browser_of(ada).choose(ada.principal, "ada/shop")

    assert await browser_of(ada).folders(found, "main") == [".", "apps/api", "apps/web"]
    assert await browser_of(ada).folders(found, "gone") == []


async def _as(ada: Known, person: FakeUser):
    grant = ada.house.github.state.grants.grant(ada.house.fake_app, person)
    return await ada.rooms.sign_in_apps.user(ada.app, _Fixed(grant.text), "user bob")


class _Fixed:
    def __init__(self, text: str) -> None:
        self._text = text

    async def token(self) -> str:
        return self._text

    async def renewed(self, refused: str) -> str:
        raise AssertionError
