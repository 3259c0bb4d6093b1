import json

import pytest


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
    assert shown["github"] == {"repository": "ada/shop", "trouble": ""}
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
