"""What an App learns through a person's token: never more than both may see."""

import aiohttp
import pytest

from support.github_browser import CALLBACK, Browser
from support.github_documents import judged
from thakur.fakegithub import FakeGitHub
from thakur.fakegithub.people.accounts import Membership


class Acme:
    """An organisation with two repositories, an App on one of them, and mia, who may write there."""

    def __init__(self, github: FakeGitHub) -> None:
        self.github = github
        people = github.state.people
        self.acme = people.organization("acme")
        self.acme.base_role = ""
        self.owen, self.mia, self.ivo = (people.user(login) for login in ("owen", "mia", "ivo"))
        self.acme.members = {self.owen.id: Membership("admin"), self.mia.id: Membership()}
        people.team(self.acme, "platform", self.mia)
        self.app = github.add_app("thakur", callback_urls=[CALLBACK])

    async def fill(self) -> None:
        self.site = await self.github.add_repository("acme/site")
        self.other = await self.github.add_repository("acme/other")
        self.own = await self.github.add_repository("mia/own")
        self.acme.teams["platform"].roles = {self.site.id: "write", self.other.id: "write"}
        self.installation = self.github.install(self.app, "acme", self.site)


@pytest.fixture
async def acme(tmp_path):
    async with FakeGitHub(tmp_path) as github:
        acme = Acme(github)
        await acme.fill()
        with judged(github):
            yield acme


async def asked(acme: Acme, login: str, path: str):
    async with Browser(acme.github, login) as browser:
        return await browser.api(await browser.token(acme.app), path)


async def test_a_person_is_known_by_an_id_that_outlives_the_login(acme) -> None:
    before = (await asked(acme, "mia", "/user")).told
    acme.github.rename_account(acme.mia, "maria")
    after = (await asked(acme, "maria", "/user")).told

    assert (before["login"], after["login"]) == ("mia", "maria")
    assert before["id"] == after["id"]


async def test_addresses_are_told_only_to_an_app_that_may_read_them(acme) -> None:
    assert (await asked(acme, "mia", "/user/emails")).told["message"] == "Resource not accessible by integration"
    acme.app.permissions["email_addresses"] = "read"
    acme.mia.has_public_email = False

    (only,) = (await asked(acme, "mia", "/user/emails")).told
    assert only == {"email": "mia@example.com", "primary": True, "verified": True, "visibility": "private"}
    assert (await asked(acme, "mia", "/user")).told["email"] is None


async def test_only_what_the_person_and_the_app_both_see_is_listed(acme) -> None:
    (only,) = (await asked(acme, "mia", "/user/installations")).told["installations"]
    assert (only["id"], only["account"]["login"], only["target_type"]) == (acme.installation.id, "acme", "Organization")
    path = f"/user/installations/{acme.installation.id}/repositories"

    found = (await asked(acme, "mia", path)).told
    assert [each["full_name"] for each in found["repositories"]] == ["acme/site"]
    permissions = found["repositories"][0]["permissions"]
    assert (permissions["admin"], permissions["push"], permissions["pull"]) == (False, True, True)
    assert (await asked(acme, "ivo", "/user/installations")).told == {"total_count": 0, "installations": []}
    assert (await asked(acme, "ivo", path)).status == 404
    assert (await asked(acme, "mia", "/repos/acme/site")).told["full_name"] == "acme/site"
    assert (await asked(acme, "ivo", "/repos/acme/site")).status == 404
    assert (await asked(acme, "mia", "/repos/mia/own")).status == 404


async def test_git_takes_a_persons_token_for_what_both_may(acme) -> None:
    async with Browser(acme.github, "mia") as browser:
        token = await browser.token(acme.app)

        async def git(service: str, repository: str) -> int:
            login = {"Authorization": aiohttp.encode_basic_auth("x-access-token", token)}
            path = f"/{repository}.git/info/refs?service={service}"
            return (await browser.get(path, headers=login)).status

        assert await git("git-upload-pack", "acme/site") == 200
        assert await git("git-receive-pack", "acme/site") == 403
        assert await git("git-upload-pack", "acme/other") == 404
        acme.app.permissions["contents"] = "write"
        assert await git("git-receive-pack", "acme/site") == 200
        acme.acme.teams["platform"].roles[acme.site.id] = "read"
        assert await git("git-receive-pack", "acme/site") == 403


async def test_long_lists_come_in_pages_with_the_way_to_the_next(acme) -> None:
    for number in range(5):
        acme.installation.repository_ids.add((await acme.github.add_repository(f"acme/more{number}")).id)
    path = f"/user/installations/{acme.installation.id}/repositories?per_page=4"
    first = await asked(acme, "owen", path)

    assert (first.told["total_count"], len(first.told["repositories"])) == (6, 4)
    assert 'rel="next"' in first.headers["Link"]
    assert len((await asked(acme, "owen", f"{path}&page=2")).told["repositories"]) == 2


async def test_members_are_told_only_to_an_app_that_is_installed_there_and_may_read_them(acme) -> None:
    paths = ("/user/memberships/orgs/acme", "/orgs/acme/teams/platform/memberships/mia")
    for path in paths:
        assert (await asked(acme, "mia", path)).status == 403
    assert (await asked(acme, "mia", "/user/orgs")).told == []
    acme.app.permissions["members"] = "read"

    membership = (await asked(acme, "mia", paths[0])).told
    assert (membership["state"], membership["role"]) == ("active", "member")
    assert (await asked(acme, "mia", paths[1])).told["role"] == "member"
    assert [each["login"] for each in (await asked(acme, "mia", "/user/orgs")).told] == ["acme"]
    assert [each["slug"] for each in (await asked(acme, "mia", "/user/teams")).told] == ["platform"]
    assert (await asked(acme, "ivo", paths[0])).status == 404
    assert (await asked(acme, "ivo", paths[1])).status == 404
    acme.acme.members[acme.ivo.id] = Membership(state="pending")
    assert (await asked(acme, "ivo", paths[0])).told["state"] == "pending"
    assert (await asked(acme, "ivo", "/user/orgs")).told == []
    acme.github.uninstall(acme.installation)
    assert (await asked(acme, "mia", paths[0])).status == 403


async def test_new_permissions_count_where_somebody_has_accepted_them(acme) -> None:
    path = "/user/memberships/orgs/acme"
    acme.github.registering.ask_for(acme.app, acme.app.permissions | {"members": "read"})
    assert (await asked(acme, "mia", path)).status == 403

    acme.github.installing.accept(acme.installation, acme.owen)

    assert (await asked(acme, "mia", path)).status == 200


async def test_accounts_are_known_to_everybody(acme) -> None:
    async with Browser(acme.github) as browser:
        assert (await browser.get("/api/v3/users/mia")).told["id"] == acme.mia.id
        assert (await browser.get("/api/v3/orgs/acme")).told["type"] == "Organization"
        assert (await browser.get("/api/v3/orgs/mia")).status == 404


async def test_an_installation_token_is_no_person(acme) -> None:
    token = acme.github.state.mint(acme.installation, frozenset({acme.site.id}), {"metadata": "read"})
    async with Browser(acme.github) as browser:
        assert (await browser.api(token, "/user")).status == 403
        assert (await browser.api(token, "/orgs/acme/members")).status == 403
        members = acme.github.state.mint(acme.installation, frozenset(), {"members": "read"})
        found = (await browser.api(members, "/orgs/acme/members")).told
        assert [each["login"] for each in found] == ["owen", "mia"]
