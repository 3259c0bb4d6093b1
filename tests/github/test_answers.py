"""What has not changed is asked for by its tag, and is not sent again."""

import pytest
from aiohttp import web

from thakur.github import Rest
from thakur.github.answers import ALL_BYTES, ANSWERS, Exchanged, KeptAnswers


@pytest.fixture
async def site():
    """Answers with a number, under a tag that is the number; yields it and the tags that were asked with."""
    state = {"number": 1, "asked": list[str]()}

    async def answer(request: web.Request) -> web.Response:
        tag = f'W/"{state["number"]}"'
        state["asked"].append(request.headers.get("If-None-Match", ""))
        if state["asked"][-1] == tag:
            return web.Response(status=304, headers={"ETag": tag})
        more = {"Link": f'<{request.url}?page=2>; rel="next"'}
        return web.json_response({"number": state["number"]}, headers={"ETag": tag} | more)

    app = web.Application()
    app.add_routes([web.route("*", "/things", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rest = Rest(f"http://127.0.0.1:{runner.addresses[0][1]}", write_gap_seconds=0)
    yield rest, state
    await rest.close()
    await runner.cleanup()


async def test_an_unchanged_answer_is_the_one_that_was_kept_and_a_changed_one_takes_its_place(site) -> None:
    rest, state = site
    first = await rest.ask("ours", "GET", "/things", "t")
    again = await rest.ask("ours", "GET", "/things", "t")
    state["number"] = 2
    changed = await rest.ask("ours", "GET", "/things", "t")

    assert first == again
    assert first.next_url.endswith("?page=2")
    assert changed.data == {"number": 2}
    assert state["asked"] == ["", 'W/"1"', 'W/"1"']


async def test_what_one_was_answered_is_nothing_to_another_or_to_what_writes(site) -> None:
    rest, state = site
    await rest.ask("ours", "GET", "/things", "t")
    await rest.ask("theirs", "GET", "/things", "t")
    await rest.ask("ours", "POST", "/things", "t", {})

    assert state["asked"] == ["", "", ""]


def test_only_so_many_are_kept_the_last_ones() -> None:
    kept = KeptAnswers()
    for number in range(ANSWERS + 1):
        kept.settle("ours", f"/{number}", Exchanged(200, {"etag": "x"}, b"%d" % number))

    first, second = kept.find("ours", "/0"), kept.find("ours", "/1")
    assert first is None
    assert second is not None
    assert kept.settle("ours", "/1", Exchanged(304, {}, b""), second) == second
    kept.settle("ours", "/1", Exchanged(404, {}, b""))
    assert kept.find("ours", "/1") is None
    assert kept.settle("ours", "/1", Exchanged(304, {}, b""), second) == second, "gone while it was asked for"


def test_together_they_are_no_larger_than_is_said() -> None:
    kept = KeptAnswers()
    third = b" " * (ALL_BYTES // 3)
    for number in (1, 2, 3, 3, 4):
        kept.settle("ours", f"/{number}", Exchanged(200, {"etag": "x"}, third))

    assert [number for number in (1, 2, 3, 4) if kept.find("ours", f"/{number}")] == [2, 3, 4]
    kept.settle("ours", "/5", Exchanged(200, {"etag": "x"}, b" " * (ALL_BYTES + 1)))
    assert [number for number in (4, 5) if kept.find("ours", f"/{number}")] == []
