"""A new project from the repository browser: what it lists, why it lists nothing, the plan, and the project that follows."""

import re
from datetime import UTC, datetime

import pytest

from support.services import make_build
from thakur.api.pages import project_from_github
from thakur.builds import BuildFailed, Failure
from thakur.github import GitHubUnavailable
from thakur.identities import AccountSeen, RepositorySeen, Seen, SignInAgain, SignInNeeded

HX = {"HX-Request": "true"}
NOTHING = Failure(code="several_applications", what="Several applications were found.", why="Choose one.")
ADA = AccountSeen(
    installation_id=2, account="ada", is_suspended=False, page_url="https://github.com/settings/installations/2"
)
ACME = AccountSeen(installation_id=5, account="acme", is_suspended=True, page_url="https://github.com/acme")


def repository(number: int, name: str, **fields) -> RepositorySeen:
    values = {
        "is_private": True,
        "is_archived": False,
        "default_branch": "main",
        "language": "TypeScript",
        "pushed_at": datetime(2026, 1, 2, tzinfo=UTC),
    }
    return RepositorySeen(repository_id=number, full_name=name, **(values | fields))


@pytest.fixture
def seen(doubles):
    found = [repository(3, "ada/shop"), *(repository(10 + n, f"ada/n{n:02}") for n in range(40))]
    doubles.browser.seen = Seen(accounts=(ADA,), repositories=tuple(found))
    return doubles


def listed(text: str) -> list[str]:
    return re.findall(r'<li><div class="what"><span class="line"><b dir="auto">([^<]+)</b>', text)


async def test_repositories_are_listed_by_pages_and_found_by_words(client, seen):
    first = (await client.get("/projects/new?source=github")).text
    third = (await client.get("/projects/new?source=github&page=3")).text
    found = (await client.get("/projects/new?source=github&q=SHOP ada")).text
    none = (await client.get("/projects/new?source=github&q=nowhere")).text

    assert (len(listed(first)), listed(third)) == (20, ["ada/n39"])
    assert "/projects/new?source=github&amp;page=2" in first
    assert listed(found) == ["ada/shop"]
    assert "1 of 41 repositories matches" in found
    assert "No repository matches “nowhere”." in none


async def test_a_search_answers_with_the_list_alone(client, seen):
    headers = HX | {"HX-Target": "div#repositories"}

    text = (await client.get("/projects/new?source=github&q=n01", headers=headers)).text

    assert text.lstrip().startswith('<section class="panel" id="repositories"')
    assert listed(text) == ["ada/n01"]


async def test_what_is_a_project_already_says_so(client, seen):
    await client.post("/api/v1/projects", json={"name": "store", "github": "ada/shop"})

    text = (await client.get("/projects/new?source=github&q=shop")).text

    assert '<a class="tag" href="/projects/store">deployed as store</a>' in text


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (Seen(has_apps=False), "Connect GitHub</a>"),
        (Seen(), "is installed on no account"),
        (Seen(accounts=(ADA, ACME)), "The App is suspended on acme."),
        (Seen(accounts=(ADA,)), "The App opens no repository that you see."),
        (Seen(accounts=(ADA,), by_app=True), "Link your GitHub account"),
        (SignInNeeded("Nobody knows you"), "Sign in with GitHub to see your repositories"),
        (SignInAgain("It has expired"), "Sign in with GitHub to see your repositories"),
        (GitHubUnavailable("it answered 502", 1.0), "A git URL still works."),
    ],
)
async def test_why_there_is_nothing_to_choose_is_said_with_what_to_do(client, doubles, state, words):
    if isinstance(state, Seen):
        doubles.browser.seen = state
    else:
        doubles.browser.refusal = state

    answer = await client.get("/projects/new?source=github")

    assert answer.status_code == 200
    assert words in answer.text
    assert 'href="/projects/new?source=git"' in answer.text


async def test_a_team_without_github_begins_with_a_git_url(client):
    assert 'name="url"' in (await client.get("/projects/new")).text


async def test_choosing_shows_the_plan_with_the_folders_of_a_monorepo(client, seen):
    seen.browser.roots = [".", "apps/web", "apps/api"]
    headers = HX | {"HX-Target": "div#plan"}

    text = (await client.get("/projects/new?source=github&repo=ada/shop", headers=headers)).text

    assert text.lstrip().startswith('<div id="plan"')
    assert "Detected Hono: a server" in text
    assert 'placeholder="bun src/index.ts"' in text
    assert 'name="name" type="text" value="shop"' in text
    assert 'name="ref" type="text" value="main"' in text
    assert "With a package.json: ., apps/web, apps/api." in text
    assert (seen.plans.tokens, seen.lender.out) == (["lent"], []), "lent for the look, and given back"
    assert "lent" not in text
    assert not seen.projects.rows


async def test_what_has_no_plan_leaves_the_fields_to_say_where_it_is(client, seen):
    seen.plans.refusal = BuildFailed(NOTHING)
    seen.browser.roots = ["apps/web", "apps/api"]

    text = (await client.get("/projects/new?source=github&repo=ada/shop")).text

    assert "Several applications were found." in text
    assert 'name="root"' in text
    assert "Create and deploy" not in text
    assert seen.lender.out == []


async def test_a_repository_that_cannot_be_read_is_refused(client, seen):
    answer = await client.post("/projects/new/github/plan", data={"repo": "nobody/else"})

    assert answer.status_code == 422
    assert "No GitHub App of your team opens nobody/else." in answer.text
    assert 'name="root"' not in answer.text


async def test_a_project_is_made_follows_and_shows_its_first_build(client, seen):
    form = {"repo": "ada/shop", "ref": "next", "name": "store", "root": "apps/web", "dotenv": "A=canary"}
    looked = await client.post("/projects/new/github/plan", data=form)
    (kept,) = re.findall(r'name="pasted" value="([^"]+)"', looked.text)
    # The look at the branch asks for it, in the background.
    seen.builds.rows[1, 1] = make_build(1, 1)

    answer = await client.post(
        "/projects/new/github", data=form | {"dotenv": "", "pasted": kept}, follow_redirects=False
    )

    assert answer.headers["location"] == "/projects/store/deployments/1"
    assert (seen.repositories.rows[1].branch, seen.connections.rows[1].full_name) == ("next", "ada/shop")
    assert seen.projects.rows[0].settings.root == "apps/web"
    assert [one.name for one in await seen.env_vars.list(None, 1)] == ["A"]
    assert "canary" not in looked.text


async def test_a_first_build_that_takes_its_time_is_waited_for_on_the_projects_page(client, seen, monkeypatch):
    monkeypatch.setattr(project_from_github, "FIRST_BUILD_SECONDS", 0.0)

    answer = await client.post(
        "/projects/new/github", data={"repo": "ada/shop", "name": "store"}, follow_redirects=False
    )

    assert answer.headers["location"] == "/projects/store?done=project_followed"
    assert seen.repositories.rows[1].branch == "main"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"repo": "nobody/else", "name": "store"}, "No GitHub App of your team opens"),
        ({"repo": "ada/shop", "name": "-"}, "is no name for a project"),
        ({"repo": "ada/shop", "name": "taken"}, "The name taken is taken"),
        ({"repo": "ada/shop", "name": "store", "root": "/etc"}, "root"),
        ({"repo": "ada/shop", "name": "store", "ref": "--upload-pack=x"}, "alert"),
        ({"repo": "ada/shop", "name": "store", "dotenv": "A=1"}, "Nothing is saved yet."),
        ({"repo": "ada/shop", "name": "store", "pasted": "nonsense"}, "Paste it again."),
    ],
)
async def test_what_is_refused_makes_nothing_and_says_why(client, seen, form, words):
    await client.post("/api/v1/projects", json={"name": "taken"})

    answer = await client.post("/projects/new/github", data=form)

    assert answer.status_code in (404, 409, 422)
    assert words in answer.text
    assert [project.name for project in seen.projects.rows] == ["taken"]
    assert not seen.connections.rows
