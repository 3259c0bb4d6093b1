"""thakur previews."""

import json
from typing import Any

import pytest

from thakur.webhooks import Preview, PreviewStatus

WAITING = "1" * 40


def preview(**fields: Any) -> Preview:
    fields = {"label": "git-next", "branch": "next", "status": PreviewStatus.LIVE, "number": 7, "live": 7} | fields
    return Preview(project_id=1, project="shop", url=f"http://shop-{fields['label']}.localhost:8080", **fields)


@pytest.fixture(autouse=True)
def shop(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.previews.rows = [
        preview(label="pr-7", branch="", pull_request=7, status=PreviewStatus.WAITING, waits_for=WAITING, live=None),
        preview(),
    ]
    return server.doubles.previews


def test_they_are_listed_with_what_waits(thakur):
    ran = thakur("previews", "--project", "shop")

    rows = [line.split() for line in ran.out.splitlines()]
    assert rows[1][:2] == ["pr-7", "waiting"]
    assert rows[2] == ["git-next", "live", "next", "#7", "http://shop-git-next.localhost:8080", "-"]
    assert "thakur previews approve pr-7 --project shop" in ran.err
    assert [each["label"] for each in json.loads(thakur("previews", "--project", "shop", "--json").out)] == [
        "pr-7",
        "git-next",
    ]


def test_what_waits_is_approved_and_a_stale_commit_is_not(thakur, shop):
    stale = thakur("previews", "approve", "pr-7", "--project", "shop", "--commit", "2" * 40)
    assert stale.status == 1
    assert thakur("previews", "approve", "git-next", "--project", "shop").status == 1
    assert "without any env var" in thakur("previews", "approve", "pr-7", "--project", "shop", "--every").err

    assert shop.asked == [("approve", "pr-7", WAITING, True)]


def test_one_is_begun_and_deleted(thakur, shop):
    thakur("previews", "begin", "old", "--project", "shop")
    thakur("previews", "delete", "git-next", "--project", "shop")

    assert shop.asked == [("begin", "old"), ("remove", "git-next")]


def test_what_a_preview_writes_is_printed(thakur, server):
    server.doubles.projects.labels = {1: "production", 2: "git-next"}
    assert thakur("logs", "--preview", "git-next", "--project", "shop").status == 0
    assert thakur("logs", "--preview", "git-gone", "--project", "shop").status == 1


def test_rules_are_shown_and_changed(thakur, shop):
    assert thakur("previews", "rules", "--project", "shop").out.split()[-6:] == [
        "on",
        "branches",
        "*",
        "at",
        "most",
        "20",
    ]
    thakur("previews", "rules", "--project", "shop", "--off", "--branch", "feat/*", "--limit", "3")

    assert (shop.rules.is_on, shop.rules.branches, shop.rules.limit) == (False, ("feat/*",), 3)
