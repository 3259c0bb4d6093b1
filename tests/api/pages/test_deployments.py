import re

import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus, Failure, Source, Step
from thakur.logs import Entry, Level
from thakur.runtime import DeploymentStatus, RolloutFailure


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.builds.rows[1, 7] = make_build(
        1, 7, status=BuildStatus.SUCCEEDED, steps=(Step("unpack", 0.1), Step("install", 0.5), Step("package", 0.2))
    )
    doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    return doubles


async def fill(doubles, count: int) -> int:
    stream_id = doubles.builds.rows[1, 7].log_stream_id
    await doubles.logs.append(stream_id, [Entry(f"line {number}") for number in range(1, count + 1)])
    return stream_id


def shown_numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'<li id="L(\d+)"', text)]


async def test_a_build_and_its_deployment_are_one_row(client):
    text = (await client.get("/projects/shop/deployments")).text

    assert text.count('href="/projects/shop/deployments/7"') == 1


async def test_older_rows_are_a_page_away(client, shop):
    for number in range(8, 40):
        shop.builds.rows[1, number] = make_build(1, number, status=BuildStatus.FAILED)

    first = (await client.get("/projects/shop/deployments")).text
    (older,) = re.findall(r'href="/projects/shop/deployments\?before=(\d+)"', first)
    second = (await client.get(f"/projects/shop/deployments?before={older}")).text

    rows = [re.findall(r'class="what"><a href="/projects/shop/deployments/(\d+)"', text) for text in (first, second)]
    assert [int(number) for number in rows[0] + rows[1]] == list(range(39, 6, -1))


def numbers(text: str) -> list[int]:
    return [int(number) for number in re.findall(r'class="what"><a href="/projects/shop/deployments/(\d+)"', text)]


@pytest.fixture
def varied(shop):
    """A branch that failed to build, one that failed to start, one in a preview, and a redeploy of it."""
    shop.projects.labels[2] = "git-fix-cart"
    main, fix = Source(kind="git", ref="main"), Source(kind="git", ref="fix-cart")
    failed, succeeded, retired = BuildStatus.FAILED, BuildStatus.SUCCEEDED, DeploymentStatus.RETIRED
    preview = {"environment_id": 2, "environment": "git-fix-cart", "branch": "fix-cart"}
    shop.builds.rows |= {
        (1, 8): make_build(1, 8, status=failed, source=main),
        (1, 9): make_build(1, 9, status=succeeded, source=main),
        (1, 10): make_build(1, 10, status=succeeded, source=fix, environment_id=2),
    }
    shop.runtime.rows |= {
        (1, 9): make_deployment(1, 9, status=DeploymentStatus.FAILED, branch="main"),
        (1, 10): make_deployment(1, 10, status=retired, **preview),
        (1, 11): make_deployment(1, 11, **preview),
    }


@pytest.mark.usefixtures("varied")
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [11, 10, 9, 8, 7]),
        ("environment=&status=&branch=", [11, 10, 9, 8, 7]),
        ("environment=production", [9, 8, 7]),
        ("environment=preview", [11, 10]),
        ("environment=git-fix-cart", [11, 10]),
        ("environment=nowhere", []),
        ("status=failed", [9, 8]),
        ("status=active", [11, 7]),
        ("status=running", []),
        ("status=nonsense", []),
        ("branch=main", [9, 8]),
        ("branch=fix-*", [11, 10]),
        ("branch=fix", []),
        ("branch=main&status=failed&environment=production", [9, 8]),
        ("branch=fix-cart&status=failed", []),
        ("status=failed&before=9", [8]),
    ],
)
async def test_the_list_holds_what_is_asked_for(client, query, found):
    text = (await client.get(f"/projects/shop/deployments?{query}")).text

    assert numbers(text) == found
    assert ("No deployment matches." in text) == (not found)


@pytest.mark.usefixtures("varied")
async def test_a_failed_deployment_that_is_asked_for_by_status_has_its_build_beside_it(client):
    text = (await client.get("/projects/shop/deployments?status=failed")).text

    assert text.count('<span class="trim" dir="auto">main</span>') == 2


async def test_older_rows_are_of_what_was_asked_for_too(client, shop):
    for number in range(8, 40):
        shop.builds.rows[1, number] = make_build(1, number, status=BuildStatus.FAILED)

    text = (await client.get("/projects/shop/deployments?status=failed")).text

    assert "/projects/shop/deployments?status=failed&amp;before=15" in text
    assert 'hx-sse:connect="/projects/shop/deployments/events?status=failed"' in text


async def test_a_filter_answers_with_the_list_alone_and_leaves_empty_fields_out_of_the_address(client):
    headers = {"HX-Request": "true", "HX-Target": "div#history"}

    answer = await client.get("/projects/shop/deployments?environment=&status=active&branch=", headers=headers)

    assert answer.text.lstrip().startswith('<div id="history">')
    assert answer.headers["hx-push-url"] == "/projects/shop/deployments?status=active"


async def test_a_number_that_is_not_there_is_not_found(client):
    assert (await client.get("/projects/shop/deployments/99")).status_code == 404


async def test_a_page_shows_the_end_of_a_long_log(client, shop):
    await fill(shop, 800)

    text = (await client.get("/projects/shop/deployments/7")).text

    assert shown_numbers(text) == list(range(301, 801))
    assert 'data-first="1" data-last="800"' in text


async def test_a_linked_line_is_shown_without_scripts(client, shop):
    await fill(shop, 2000)

    assert 120 in shown_numbers((await client.get("/projects/shop/deployments/7?line=120")).text)


async def test_a_search_goes_through_the_whole_log(client, shop):
    stream_id = await fill(shop, 1500)
    await shop.logs.append(stream_id, [Entry("line 77 again", Level.ERROR)])

    text = (await client.get("/projects/shop/deployments/7?q=LINE+77")).text
    errors = (await client.get("/projects/shop/deployments/7?level=error")).text

    assert shown_numbers(text) == [77, *range(770, 780), 1501]
    assert shown_numbers(errors) == [1501]


async def test_a_stretch_tells_where_the_log_begins_and_ends(client, shop):
    await fill(shop, 900)

    answer = await client.get("/projects/shop/deployments/7/log?after=100&limit=3")

    assert shown_numbers(answer.text) == [101, 102, 103]
    assert (answer.headers["thakur-first"], answer.headers["thakur-last"]) == ("1", "900")


async def test_a_download_is_plain_text_without_escapes(client, shop):
    await shop.logs.append(shop.builds.rows[1, 7].log_stream_id, [Entry("\x1b[31m<b>red</b>\x1b[0m", Level.ERROR)])

    answer = await client.get("/projects/shop/deployments/7/log.txt")

    assert answer.text.endswith(" error <b>red</b>\n")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "attachment" in answer.headers["content-disposition"]


async def test_a_failure_says_what_why_and_what_to_do_and_what_still_serves(client, shop):
    shop.runtime.rows[1, 8] = make_deployment(
        1,
        8,
        status=DeploymentStatus.FAILED,
        failure=RolloutFailure(code="wrong_port", what="W1.", why="W2.", next="N1."),
    )

    text = (await client.get("/projects/shop/deployments/8")).text

    for words in ("W1.", "W2.", "N1.", "wrong_port", "#7</a> is still active"):
        assert words in text
    assert "<title>✗ Deployment #8" in text


async def test_steps_that_ran_are_told_with_their_times(client, shop):
    shop.builds.rows[1, 9] = make_build(
        1,
        9,
        status=BuildStatus.FAILED,
        failure=Failure(code="x", what="No."),
        steps=(Step("unpack", 0.1), Step("install", 2.5)),
    )

    text = (await client.get("/projects/shop/deployments/9")).text

    assert re.findall(r'<li data-s="(\w+)"', text) == ["done", "failed", *["skipped"] * 5]
    assert "2.5 s" in text


@pytest.mark.parametrize(("verb", "leads_to"), [("rollback", 7), ("restart", 7), ("redeploy", 8)])
async def test_an_act_answers_with_the_page_that_shows_it(client, shop, verb, leads_to):
    answer = await client.post(f"/projects/shop/deployments/7/{verb}", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/projects/shop/deployments/{leads_to}?done={verb}"


async def test_clearing_a_log_removes_its_lines(client, shop):
    await fill(shop, 10)

    answer = await client.post("/projects/shop/deployments/7/log/clearing")

    assert "The log was cleared." in answer.text
    assert shown_numbers(answer.text) == []


async def test_an_address_cannot_put_words_on_a_page(client):
    assert "hello" not in (await client.get("/projects/shop/deployments/7?done=hello")).text
