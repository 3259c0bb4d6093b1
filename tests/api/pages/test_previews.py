"""The page of previews: what an approval means is said before it is given."""

from typing import Any

import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus, Source
from thakur.webhooks import Preview, PreviewStatus

WAITING = "1" * 40
EVIL = "<script>alert(1)</script> @everyone"


def preview(**fields: Any) -> Preview:
    fields = {"label": "git-next", "branch": "next", "status": PreviewStatus.LIVE, "number": 7, "live": 7} | fields
    return Preview(project_id=1, project="shop", url=f"http://shop-{fields['label']}.localhost:8080", **fields)


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.previews.rows = [
        preview(
            label="pr-7",
            branch="",
            pull_request=7,
            title=EVIL,
            status=PreviewStatus.WAITING,
            waits_for=WAITING,
            live=None,
        ),
        preview(),
    ]
    return doubles


async def test_what_waits_comes_first_with_what_it_means(client):
    text = (await client.get("/projects/shop/previews")).text

    assert text.index("Pull request #7 waits for approval") < text.index("shop-git-next.localhost:8080</a>")
    assert "It gets no env vars" in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; @everyone" in text
    assert "<script>alert" not in text


async def test_what_waits_leads_to_what_it_changes(client):
    await client.put("/api/v1/projects/shop/github", json={"repository": "ada/shop"})

    text = (await client.get("/projects/shop/previews")).text

    assert '<a href="https://github.com/ada/shop/pull/7" rel="noreferrer">Look at what it changes</a>' in text


async def test_nothing_that_waits_takes_no_room(client, doubles):
    doubles.previews.rows = [preview()]

    assert '<div id="waiting"></div>' in (await client.get("/projects/shop/previews")).text


async def test_a_commit_that_was_looked_at_is_approved(client, doubles):
    stale = await client.post("/projects/shop/previews/pr-7/approval", data={"commit": "2" * 40})
    assert stale.status_code == 409
    assert "does not wait for approval" in stale.text

    answer = await client.post("/projects/shop/previews/pr-7/approval", data={"commit": WAITING, "every": "on"})

    assert "It is built in a moment." in answer.text
    assert doubles.previews.asked == [("approve", "pr-7", WAITING, True)]


async def test_forms_begin_take_down_and_change_the_rules(client, doubles):
    assert "no preview by the rules" in (await client.post("/projects/shop/previews", data={"branch": "main"})).text
    await client.post("/projects/shop/previews", data={"branch": " old "})
    await client.post("/projects/shop/previews/git-next/removal")
    refused = await client.post("/projects/shop/previews/rules", data={"is_on": "on", "limit": "many"})
    assert refused.status_code == 422
    await client.post("/projects/shop/previews/rules", data={"branches": "feat/* !feat/no", "limit": "3"})

    assert doubles.previews.asked == [("begin", "old"), ("remove", "git-next")]
    rules = doubles.previews.rules
    assert (rules.is_on, rules.branches, rules.limit) == (False, ("feat/*", "!feat/no"), 3)


async def test_the_overview_has_them_too(client, doubles):
    doubles.builds.rows[1, 1] = make_build(1, 1)
    text = (await client.get("/projects/shop")).text

    assert "shop-git-next.localhost:8080</a>" in text
    assert "Approve or refuse what waits" in text


async def test_a_project_that_follows_nothing_is_told_so(client, doubles):
    doubles.previews.rules = None

    assert "This one follows none." in (await client.get("/projects/shop/previews")).text


async def test_a_preview_s_deployment_is_redeployed_where_it_is_and_promoted_by_its_own_button(client, doubles):
    doubles.projects.labels = {1: "production", 2: "git-next", 3: "pr-7"}
    for number, label in ((2, "git-next"), (3, "pr-7")):
        doubles.builds.rows[1, number] = make_build(1, number, environment_id=number, status=BuildStatus.SUCCEEDED)
        doubles.runtime.rows[1, number] = make_deployment(1, number, environment_id=number, environment=label)
    asked: list[str] = []
    redeploy = doubles.rollouts.redeploy

    async def noting(principal, project_id, number, environment):
        asked.append(environment)
        return await redeploy(principal, project_id, number, environment)

    doubles.rollouts.redeploy = noting
    page = (await client.get("/projects/shop/deployments")).text
    assert page.count("Promote to production") == 1, "none of a fork"
    assert 'action="/projects/shop/deployments/2/promotion"' in page

    await client.post("/projects/shop/deployments/2/redeploy")
    await client.post("/projects/shop/deployments/2/promotion")

    assert asked == ["git-next", "production"]


async def test_a_build_of_a_preview_says_so_before_it_is_deployed_and_alarms_nobody_in_production(client, doubles):
    doubles.projects.labels = {1: "production", 2: "git-next"}
    doubles.builds.rows[1, 5] = make_build(
        1, 5, environment_id=2, source=Source(digest="0" * 64, size_bytes=1, message="A change")
    )

    assert '<span class="tag">git-next</span>' in (await client.get("/projects/shop/deployments")).text
