import json

import pytest

from thakur.builds import BuildFailed, Failure


def test_a_created_project_is_listed(thakur, server):
    created = thakur("projects", "create", "shop")
    assert created.status == 0
    assert created.out == "http://shop.localhost:8080\n"
    thakur("projects", "create", "blog")

    listed = thakur("projects")
    names = [line.split()[0] for line in listed.out.splitlines()]
    assert names == ["NAME", "blog", "shop"]


def test_json_is_one_document_and_nothing_else(thakur, server):
    created = thakur("projects", "create", "shop", "--json")
    assert json.loads(created.out)["name"] == "shop"
    assert [row["name"] for row in json.loads(thakur("projects", "--json").out)] == ["shop"]
    assert json.loads(thakur("projects", "delete", "shop", "--yes", "--json").out)[0]["status"] == "deleting"


def test_no_projects_names_the_way_to_one(thakur, server):
    ran = thakur("projects")
    assert (ran.status, ran.out) == (0, "")
    assert "thakur deploy FOLDER" in ran.err


def test_a_refusal_says_what_and_what_next(thakur, server):
    ran = thakur("projects", "create", "--", "-x")
    assert (ran.status, ran.err) == (1, "-x is no name for a project.\nTry: shop\n")
    thakur("projects", "create", "shop")
    ran = thakur("projects", "create", "shop")
    assert (ran.status, ran.err) == (1, "The name shop is taken.\n")


def test_delete_without_a_terminal_asks_for_yes(thakur, server, monkeypatch):
    thakur("projects", "create", "shop")
    ran = thakur("projects", "delete", "shop")
    assert ran.status == 2
    assert "--yes" in ran.err
    assert server.doubles.projects.rows


@pytest.mark.parametrize(("typed", "remains"), [("shop\n", 0), ("\n", 1), ("yes\n", 1), ("Shop\n", 1), ("", 1)])
def test_delete_wants_the_name_typed_again(thakur, server, monkeypatch, typed, remains):
    thakur("projects", "create", "shop")

    class Terminal:
        isatty = staticmethod(lambda: True)
        readline = staticmethod(lambda: typed)

    monkeypatch.setattr("sys.stdin", Terminal)
    ran = thakur("projects", "delete", "shop")
    assert len(server.doubles.projects.rows) == remains
    assert ran.status == remains


def test_delete_all_deletes_all(thakur, server):
    thakur("projects", "create", "shop")
    thakur("projects", "create", "blog")
    assert thakur("projects", "delete", "--all", "--yes").status == 0
    assert server.doubles.projects.rows == []


@pytest.mark.parametrize("argv", [[], ["shop", "--all"]])
def test_delete_wants_a_name_or_all(thakur, server, argv):
    assert thakur("projects", "delete", *argv, "--yes").status == 2


def test_a_project_that_is_not_there_cannot_be_deleted(thakur, server):
    ran = thakur("projects", "delete", "nope", "--yes")
    assert (ran.status, ran.err) == (1, "There is no project nope.\nSee them with: thakur projects\n")


def test_caches_are_cleared_and_the_command_says_how_much_that_was(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.caches.kept_bytes = {1: 3 * 1024**2}

    ran = thakur("projects", "clear-cache", "shop")

    assert (ran.status, ran.out) == (0, "")
    assert ran.err == "Cleared the caches of shop: 3.0 MB are free. The next build begins without.\n"
    again = thakur("projects", "clear-cache", "shop", "--json")
    assert json.loads(again.out) == {"name": "shop", "freed_bytes": 0}
    assert thakur("projects", "clear-cache", "blog").status == 1


def test_a_project_is_made_with_its_repository(thakur, server, tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    words = ("--git", "https://github.com/ada/shop", "--branch", "main", "--git-token-file", tmp_path / "token")
    ran = thakur("projects", "create", "shop", *words)
    assert ran.status == 0
    assert "thakur deploy --git --project shop" in ran.err
    kept = server.doubles.repositories.rows[1]
    assert (kept.url, kept.branch, kept.has_token) == ("https://github.com/ada/shop", "main", True)
    assert thakur("projects", "create", "two", "--branch", "main").status == 2


def test_a_list_of_many_is_read_page_by_page(thakur, server, monkeypatch):
    monkeypatch.setattr("thakur.cli.verbs.projects.PAGE", 2)
    for name in ("a", "b", "c", "d"):
        thakur("projects", "create", name)
    assert {row["name"] for row in json.loads(thakur("projects", "--json").out)} == {"a", "b", "c", "d"}


def test_a_project_of_github_is_told_with_its_plan(thakur, server):
    told = thakur("projects", "create", "shop", "--github", "ada/shop").err
    made = json.loads(thakur("projects", "create", "next", "--github", "ada/shop", "--branch", "next", "--json").out)

    assert "Detected Hono: a server\nStart: bun src/index.ts" in told
    assert (made["plan"]["framework"], made["repository"]["branch"]) == ("Hono", "next")

    failure = Failure(code="nothing_recognised", what="Nothing was found", why="It is empty.", next="Add a page.")
    server.doubles.plans.refusal = BuildFailed(failure)
    without = thakur("projects", "create", "empty", "--github", "ada/shop")
    assert (without.status, "There is no plan: Nothing was found. Add a page." in without.err) == (0, True)
