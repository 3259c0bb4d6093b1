"""Previews over HTTP."""

from typing import Any

import pytest

from support.services import entries
from thakur.webhooks import Preview, PreviewStatus

WAITING = "1" * 40


def preview(**fields: Any) -> Preview:
    fields = {"label": "git-next", "branch": "next", "status": PreviewStatus.LIVE, "number": 7, "live": 7} | fields
    return Preview(project_id=1, project="shop", url=f"http://shop-{fields['label']}.localhost:8080", **fields)


FORK = preview(
    label="pr-7", branch="", pull_request=7, title="Mine", status=PreviewStatus.WAITING, waits_for=WAITING, live=None
)


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.previews.rows = [FORK, preview()]
    return doubles


async def test_previews_are_listed_without_the_tables_keys(client):
    first, second = (await client.get("/api/v1/projects/shop/previews")).json()

    assert (first["label"], first["status"], first["waits_for"], first["pull_request"]) == (
        "pr-7",
        "waiting",
        WAITING,
        7,
    )
    assert (second["branch"], second["url"], second["live"]) == ("next", "http://shop-git-next.localhost:8080", 7)
    assert "project_id" not in first


async def test_a_commit_is_approved_by_its_name_and_no_other(client, doubles):
    path = "/api/v1/projects/shop/previews/pr-7/approval"
    assert (await client.post(path, json={"commit": "2" * 40})).json()["code"] == "preview_not_waiting"
    assert (await client.post(path, json={"commit": "x"})).status_code == 422
    assert (await client.post(path, json={})).status_code == 422

    assert (await client.post(path, json={"commit": WAITING, "every": True})).status_code == 202

    assert doubles.previews.asked == [("approve", "pr-7", WAITING, True)]


async def test_one_is_begun_and_taken_down(client, doubles):
    assert (await client.post("/api/v1/projects/shop/previews", json={"branch": "old"})).status_code == 202
    assert (await client.post("/api/v1/projects/shop/previews", json={"branch": "main"})).status_code == 409
    assert (await client.delete("/api/v1/projects/shop/previews/git-next")).json() == {"label": "git-next"}
    assert (await client.delete("/api/v1/projects/shop/previews/git-gone")).status_code == 404

    assert doubles.previews.asked == [("begin", "old"), ("remove", "git-next")]


async def test_a_preview_s_own_lines_are_read_and_none_of_one_that_is_not_there(client, doubles):
    doubles.projects.labels = {1: "production", 2: "git-next"}
    await doubles.logs.append(1001, entries("a", "b"))

    lines = (await client.get("/api/v1/projects/shop/previews/git-next/logs?limit=1")).json()

    assert [line["text"] for line in lines] == ["b"]
    assert (await client.get("/api/v1/projects/shop/previews/git-gone/logs")).status_code == 404


async def test_rules_are_changed_one_by_one(client, doubles):
    path = "/api/v1/projects/shop/preview-rules"
    assert (await client.patch(path, json={"limit": 3, "branches": ["feat/*"]})).json()["limit"] == 3
    assert (await client.patch(path, json={"colour": 1})).status_code == 422
    doubles.previews.trouble = "The App may not read pull requests."

    rules = (await client.get(path)).json()

    assert rules == {"is_on": True, "branches": ["feat/*"], "limit": 3, "trouble": doubles.previews.trouble}


async def test_a_project_that_follows_nothing_has_none(client, doubles):
    doubles.previews.rules = None

    assert (await client.get("/api/v1/projects/shop/previews")).status_code == 404
