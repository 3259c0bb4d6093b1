import json
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from thakur.installations import Held, InstalledOn, Permission


@pytest.fixture
def files(tmp_path):
    for name in ("client", "key", "hook"):
        (tmp_path / name).write_text(f"{name}-secret\n")
    words = ["--client-secret-file", "client", "--private-key-file", "key", "--webhook-secret-file", "hook"]
    return ["--app-id", "12", "--client-id", "Iv1", *words]


def test_an_app_is_added_and_listed_without_its_secrets(thakur, server, files):
    added = thakur("github", "add", *files)
    listed = thakur("github")

    assert added.status == 0, added.err
    assert "thakur projects create NAME --github OWNER/REPO" in added.err
    assert "https://github.com/apps/thakur-ada/installations/new" in added.err
    assert "thakur-ada" in listed.out
    assert "not installed" in listed.out
    assert "-secret" not in added.out + added.err + listed.out + thakur("github", "--json").out


def test_what_an_app_was_not_granted_is_said(thakur, server, files):
    thakur("github", "add", *files)
    rows = server.doubles.github_apps.rows
    lacks = (Permission("checks", "read", "Checks", "To wait for them."),)
    installed = InstalledOn(installation_id=1, account="ada", status="active", lacks=lacks, since=datetime.now(UTC))
    rows[0] = replace(rows[0], installations=(installed,))

    told = thakur("github").err

    assert "thakur-ada on ada lacks Checks: read. To wait for them." in told
    assert "Grant it in the App's settings on GitHub" in told


def test_a_file_that_is_not_there_is_named(thakur, server, files, tmp_path):
    (tmp_path / "key").unlink()
    ran = thakur("github", "add", *files)
    assert (ran.status, server.doubles.github_apps.rows) == (1, [])
    assert "key" in ran.err


def test_no_apps_names_the_way_to_one(thakur, server):
    assert "thakur github add" in thakur("github").err


def test_a_project_follows_a_repository_on_github(thakur, server):
    created = thakur("projects", "create", "shop", "--github", "ada/shop", "--root", "web", "--json")

    shown = json.loads(created.out)
    filters = {"wait_for_checks": False, "paths": [], "tags": ""}
    assert shown["github"] == {"repository": "ada/shop", "filters": filters, "trouble": "", "held": None}
    assert (shown["repository"]["url"], shown["repository"]["branch"]) == ("https://github.com/ada/shop", "main")
    assert shown["settings"]["root"] == "web"
    told = thakur("projects", "create", "blog", "--github", "ada/shop", "--branch", "next")
    assert "next of ada/shop" in told.err
    assert told.out == "http://blog.localhost:8080\n"


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["--github", "ada/other"], 1),
        (["--github", "ada/shop", "--git", "https://github.com/ada/shop"], 2),
        (["--github", "ada/shop", "--git-token-file", "-"], 2),
        (["--github", "ada/shop", "--root", "../elsewhere"], 1),
        (["--branch", "main"], 2),
    ],
)
def test_what_is_refused_leaves_no_project_behind(thakur, server, words, status):
    assert thakur("projects", "create", "shop", *words).status == status
    assert server.doubles.projects.rows == []


def test_filters_are_set_shown_and_unset(thakur, server):
    thakur("projects", "create", "shop", "--github", "ada/shop")
    told = thakur("github", "filters", "--project", "shop", "--checks", "--path", "apps/**", "--path", "!*.md")
    assert told.status == 0, told.err
    assert "apps/**, !*.md" in told.out
    unset = json.loads(thakur("github", "filters", "--project", "shop", "--no-paths", "--json").out)
    assert unset["filters"] == {"wait_for_checks": True, "paths": [], "tags": ""}

    refused = thakur("github", "filters", "--project", "shop", "--path", "!")
    assert (refused.status, "no pattern" in refused.err) == (1, True)
    thakur("projects", "create", "plain")
    assert "follows no repository" in thakur("github", "filters", "--project", "plain").err


def test_a_commit_that_is_held_back_is_named_and_built_when_somebody_says_so(thakur, server):
    thakur("projects", "create", "shop", "--github", "ada/shop")
    assert thakur("github", "deploy", "--project", "shop").status == 1
    rows = server.doubles.connections.rows
    held = Held(
        commit="a" * 40, message="Say one", status="skipped", why="Its message asks so.", since=datetime.now(UTC)
    )
    for project, row in rows.items():
        rows[project] = replace(row, held=held)

    listed = thakur("deployments", "--project", "shop")
    assert "aaaaaaa 'Say one' was skipped: Its message asks so." in listed.err
    built = thakur("github", "deploy", "--project", "shop")

    assert "aaaaaaa is built now" in built.err
    assert "skipped" not in thakur("deployments", "--project", "shop").err


def test_github_is_told_where_the_server_is(thakur, server, files):
    assert "There is no GitHub App yet" in thakur("github", "webhook").err
    thakur("github", "add", *files)

    told = thakur("github", "webhook")
    signed = thakur("github", "webhook", "thakur-ada", "--new-secret", "--json")

    assert (told.status, signed.status) == (0, 0), told.err + signed.err
    assert "GitHub sends the events of thakur-ada" in told.err
    assert json.loads(signed.out)["app_id"] == 12
    assert server.doubles.upkeep.hooks == [(12, False), (12, True)]
    assert thakur("github", "webhook", "nobody's").status == 2


def test_an_app_is_removed_when_that_is_said_and_the_rest_is_named(thakur, server, files):
    thakur("github", "add", *files)

    unsaid = thakur("github", "remove", "thakur-ada")
    removed = thakur("github", "remove", "12", "--yes")

    assert (unsaid.status, "--yes" in unsaid.err) == (2, True)
    assert removed.status == 0, removed.err
    assert "https://github.com/settings/apps/thakur-ada/advanced" in removed.err
    assert server.doubles.github_apps.rows == []


def test_two_apps_are_told_apart_by_their_numbers(thakur, server, files):
    thakur("github", "add", *files)
    thakur("github", "add", *files, "--app-id", "13", "--url", "https://git.example.com")

    several = thakur("github", "webhook", "thakur-ada")

    assert (several.status, "several" in several.err) == (2, True)
    assert thakur("github", "webhook", "13").status == 0


def test_deliveries_are_listed_and_had_once_more(thakur, server):
    listed = thakur("github", "deliveries", "--status", "failed")
    missing = thakur("github", "deliveries", "--missing")
    again, sent = thakur("github", "redeliver", "guid-1"), thakur("github", "redeliver", "guid-3", "--json")

    assert "failed: GitHub was away" in listed.out
    assert "ada/shop main" in listed.out
    assert "guid-2" not in listed.out
    assert "ada/shop #7" in thakur("github", "deliveries", "--status", "ignored").out
    assert "timed out" in missing.out
    assert "acted on again" in again.err
    assert json.loads(sent.out) == {"guid": "guid-3", "is_sent_again": True}
    assert thakur("github", "redeliver", "a/b").status == 1
    assert [each["guid"] for each in json.loads(thakur("github", "deliveries", "--json").out)] == ["guid-2", "guid-1"]
