"""What the pages show of pushes: those that are held back, with a button; what holds them back, as a form."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from thakur.installations import Held

HELD = Held(
    commit="abcdef0123" + "0" * 30,
    message="Say <b>one</b>",
    author="Ada",
    status="skipped",
    why="Its message asks not to be built.",
    since=datetime.now(UTC),
)
PAGES = ["/projects/shop", "/projects/shop/deployments"]


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop", "github": "ada/shop"})
    return doubles


def set_row(doubles, **changed: object) -> None:
    ((project, row),) = doubles.connections.rows.items()
    doubles.connections.rows[project] = replace(row, **changed)


@pytest.mark.parametrize("address", PAGES)
async def test_a_commit_that_is_held_back_is_a_row_with_its_reason_and_a_button(client, doubles, address):
    assert "abcdef0" not in (await client.get(address)).text
    set_row(doubles, held=HELD)

    shown = (await client.get(address)).text
    assert "Say &lt;b&gt;one&lt;/b&gt;" in shown
    assert "Its message asks not to be built." in shown
    assert 'aria-label="Deploy abcdef0"' in shown
    assert "Nothing was deployed yet" not in shown

    done = await client.post("/projects/shop/github/deployments", data={"environment": "production"})
    assert "It is built in a moment." in done.text
    assert "abcdef0" not in done.text


async def test_what_is_asked_for_by_a_filter_is_not_what_was_never_built(client, doubles):
    set_row(doubles, held=HELD)

    assert "abcdef0" not in (await client.get("/projects/shop/deployments?status=failed")).text


async def test_nothing_is_held_of_a_repository_that_is_followed_no_more(client, doubles):
    set_row(doubles, held=HELD)
    await client.put("/api/v1/projects/shop/repository", json={"git_url": "https://github.com/ada/other"})

    assert "abcdef0" not in (await client.get("/projects/shop")).text
    assert "Wait for checks" not in (await client.get("/projects/shop/settings")).text


async def test_why_pushes_are_not_seen_is_said(client, doubles):
    set_row(doubles, trouble="The App is suspended.", held=HELD)

    shown = (await client.get("/projects/shop")).text
    assert "Pushes are not seen." in shown
    assert "The App is suspended." in shown


async def test_filters_are_saved_shown_and_refused_with_what_was_typed(client, doubles):
    saved = await client.post(
        "/projects/shop/settings/github",
        data={"wait_for_checks": "on", "tags": " v* ", "paths": "apps/**\r\n\r\n !*.md \r\n"},
    )
    assert "Saved." in saved.text
    github = (await client.get("/api/v1/projects/shop")).json()["github"]
    assert github["filters"] == {"wait_for_checks": True, "paths": ["apps/**", "!*.md"], "tags": "v*"}
    assert "apps/**\n!*.md</textarea>" in saved.text
    assert 'name="wait_for_checks" checked' in saved.text

    refused = await client.post("/projects/shop/settings/github", data={"paths": "apps/**\n!"})
    assert refused.status_code == 422
    assert "apps/**\n!</textarea>" in refused.text
    assert "no pattern" in refused.text


async def test_a_project_that_follows_nothing_has_no_such_settings(client):
    await client.post("/api/v1/projects", json={"name": "plain"})

    assert "Wait for checks" not in (await client.get("/projects/plain/settings")).text
