"""Who may what in the stand-in's repositories, and what is kept when a login changes."""

import pytest

from thakur.fakegithub import FakeGitHub
from thakur.fakegithub.people.accounts import Membership
from thakur.fakegithub.people.roles import role_in


@pytest.fixture
async def github(tmp_path):
    async with FakeGitHub(tmp_path) as github:
        yield github


async def test_a_role_comes_from_the_owner_the_organization_a_team_or_an_invitation(github) -> None:
    people = github.state.people
    acme = people.organization("acme")
    owen, mia, ivo = (people.user(login) for login in ("owen", "mia", "ivo"))
    acme.members = {owen.id: Membership("admin"), mia.id: Membership()}
    people.team(acme, "platform")
    people.team(acme, "oncall", mia, parent="platform")
    site = await github.add_repository("acme/site")
    own = await github.add_repository("ada/shop")
    site.collaborators[ivo.id] = "triage"

    assert role_in(own, people.user("ada")) == "admin"
    assert role_in(own, mia) == ""
    assert role_in(site, owen) == "admin"
    assert role_in(site, mia) == "read"
    assert role_in(site, ivo) == "triage"
    acme.teams["platform"].roles[site.id] = "write"
    assert role_in(site, mia) == "write"
    acme.members[mia.id].state = "pending"
    assert role_in(site, mia) == ""


async def test_a_person_with_another_login_is_the_same_and_the_repositories_lead_on(github) -> None:
    shop = await github.add_repository("ada/shop")
    ada = github.state.people.user("ada")

    github.rename_account(ada, "countess")

    assert github.state.people.named("Countess") is ada
    assert shop.full_name == "countess/shop"
    assert github.state.named("ada/shop") is shop
