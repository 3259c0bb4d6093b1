"""The stand-in's pages: files are read and changed, pull requests opened and merged, and Apps are told as of any push."""

import json

import pytest

from support.github import github_house, receiver
from support.github_browser import Browser
from support.waiting import eventually
from thakur.fakegithub.git.commits import branches, commit_of, move
from thakur.fakegithub.git.merging import edited
from thakur.fakegithub.git.trees import content
from thakur.fakegithub.pages.prose import lines
from thakur.fakegithub.state import FakeComment


class Shop:
    """A repository that ada owns and eve may read."""

    def __init__(self, house, got) -> None:
        self.house, self.got = house, got
        self.github, self.shop = house.github, house.shop
        self.shop.collaborators[house.github.state.people.user("eve").id] = "read"

    @property
    def heads(self) -> dict[str, str]:
        return branches(self.shop.path)

    async def pushed(self, sha: str) -> dict:
        def found() -> list[dict]:
            told = [json.loads(body) for headers, body in self.got if headers["X-GitHub-Event"] == "push"]
            return [each for each in told if each["after"] == sha]

        await eventually(found)
        return found()[0]


@pytest.fixture
async def shop(tmp_path):
    async with receiver() as (url, got), github_house(tmp_path / "github", url) as house:
        files = {"index.html": b"<h1>Hello</h1>\n", "src/app.js": b"1;\n", "logo": b"\0\1"}
        head = None
        for name, text in files.items():
            head = edited(house.shop.path, head, name, text, house.shop.account, f"Add {name}")
        house.github.pushes.move(house.shop, "main", head, house.shop.account)
        yield Shop(house, got)


async def test_what_is_private_is_seen_by_who_may(shop) -> None:
    async with Browser(shop.github) as nobody, Browser(shop.github, "ada") as ada, Browser(shop.github, "zoe") as zoe:
        assert "ada/shop" in (await ada.get("/")).text
        assert "ada/shop" not in (await zoe.get("/")).text
        assert [(await each.get("/ada/shop")).status for each in (nobody, ada, zoe)] == [404, 200, 404]
        shop.shop.is_private = False
        assert (await nobody.get("/ada/shop")).status == 200
        assert "@127.0.0.1" not in (await nobody.get("/ada/shop")).text


async def test_every_page_says_that_it_is_simulated_and_trusts_no_text(shop) -> None:
    ada = shop.github.state.people.user("ada")
    async with Browser(shop.github, "ada") as browser:
        form = {"name": "<b>x", "content": "<script>alert(1)</script>", "message": "<img src=x onerror=alert(1)>"}
        await browser.post("/ada/shop/new/main", **form)
        shop.github.pulls.open(shop.github.fork(shop.shop, "eve"), "main", ada, "<script>title</script>")
        sha = shop.heads["main"]
        paths = ("/", "/ada/shop", "/ada/shop/blob/main/%3Cb%3Ex", f"/ada/shop/commit/{sha}", "/ada/shop/pulls")
        for path in (*paths, "/ada/shop/pull/1", "/login", "/nobody/nothing", "/settings/installations"):
            page = await browser.get(path)
            assert "<strong>Simulated GitHub</strong>" in page.text
            assert "<script" not in page.text
            assert "<img" not in page.text
            assert "default-src 'none'" in page.headers["Content-Security-Policy"]


async def test_other_sites_can_have_nothing_done(shop) -> None:
    evil = {"Origin": "http://evil.example"}
    path, form = "/ada/shop/edit/main/index.html", {"content": "theirs", "target": "direct"}
    async with Browser(shop.github, "ada") as browser:
        for headers in (evil, {"Origin": "null"}, {"Host": "evil.example"}):
            assert (await browser.ask("POST", path, data=form, headers=headers)).status == 403
        assert (await browser.ask("GET", "/ada/shop", headers={"Host": "evil.example"})).status == 403
        assert (await browser.get("/ada/shop")).headers["Referrer-Policy"] == "same-origin"
        own = {"Origin": shop.github.url}
        assert (await browser.ask("POST", path, data=form, headers=own)).status == 303


async def test_an_edit_is_a_commit_that_is_told_like_a_push(shop) -> None:
    async with Browser(shop.github, "ada") as browser:
        page = await browser.get("/ada/shop/edit/main/index.html")
        assert "&lt;h1&gt;Hello&lt;/h1&gt;" in page.text
        before = shop.heads["main"]

        form = {"content": "<h1>New</h1>\r\n", "message": "Greet anew", "target": "direct", "head": before}
        answer = await browser.post("/ada/shop/edit/main/index.html", **form)

        assert answer.leads_to == "/ada/shop/blob/main/index.html"
        sha = shop.heads["main"]
        commit = commit_of(shop.shop.path, sha)
        assert (commit.message, commit.parents, commit.author.name) == ("Greet anew", (before,), "Ada")
        assert content(shop.shop.path, sha, "index.html") == b"<h1>New</h1>\n"
        told = await shop.pushed(sha)
        assert (told["before"], told["sender"]["login"], told["commits"][0]["modified"]) == (
            before,
            "ada",
            ["index.html"],
        )
        assert (await browser.post("/ada/shop/edit/main/index.html", **form)).status == 409


async def test_what_a_page_moves_during_a_push_is_told_once(shop) -> None:
    pushes, ada, path = shop.github.pushes, shop.shop.account, shop.shop.path
    first = shop.heads["main"]
    with pushes.receiving(shop.shop, ada):
        second = edited(path, first, "a", b"1", ada, "On a page")
        pushes.move(shop.shop, "main", second, ada)
        move(path, "refs/heads/pushed", first)

    told = [each.payload for each in shop.github.hooks.log if each.event == "push"]
    assert [(each["ref"], each["after"]) for each in told[1:]] == [
        ("refs/heads/main", second),
        ("refs/heads/pushed", first),
    ]


async def test_files_are_added_and_deleted(shop) -> None:
    async with Browser(shop.github, "ada") as browser:
        await browser.post("/ada/shop/new/main/src", name="deep/new.js", content="2;")
        assert content(shop.shop.path, shop.heads["main"], "src/deep/new.js") == b"2;\n"
        await browser.post("/ada/shop/edit/main/src/app.js", act="delete")
        assert content(shop.shop.path, shop.heads["main"], "src/app.js") is None
        for name in ("../out", ".git/hooks/x", "/", "index.html"):
            assert (await browser.post("/ada/shop/new/main", name=name, content="")).status == 422
        assert (await browser.get("/ada/shop/edit/main/logo")).status == 404
        assert "Not a text" in (await browser.get("/ada/shop/blob/main/logo")).text


async def test_an_edit_on_a_new_branch_becomes_a_pull_request_that_is_merged(shop) -> None:
    async with Browser(shop.github, "ada") as browser:
        form = {"content": "new\n", "target": "branch", "branch": "feat/a b", "message": "Try"}
        assert (await browser.post("/ada/shop/edit/main/index.html", **form)).status == 422
        answer = await browser.post("/ada/shop/edit/main/index.html", **(form | {"branch": "feat/x"}))
        assert answer.leads_to == "/ada/shop/compare/main...feat/x"
        assert "+new" in (await browser.get(answer.leads_to)).text

        opened = await browser.post("/ada/shop/pulls", base="main", head="feat/x", title="Try it", body="Why")

        assert opened.leads_to == "/ada/shop/pull/1"
        assert "Merge pull request" in (await browser.get(opened.leads_to)).text
        await browser.post(opened.leads_to, act="edit", title="Tried")
        await browser.post(opened.leads_to, act="close")
        await browser.post(opened.leads_to, act="reopen")
        await browser.post(opened.leads_to, act="merge")
        (pull,) = shop.shop.pulls
        assert (pull.title, pull.state, pull.merge_sha) == ("Tried", "closed", shop.heads["main"])
        assert (await shop.pushed(shop.heads["main"]))["ref"] == "refs/heads/main"
        assert "Delete the branch" in (await browser.get(opened.leads_to)).text
        await browser.post(opened.leads_to, act="delete_branch")
        assert sorted(shop.heads) == ["main"]
        assert (await browser.post(opened.leads_to, act="delete_branch")).status == 422


async def test_who_may_only_read_proposes_from_a_fork(shop) -> None:
    async with Browser(shop.github, "eve") as browser:
        page = await browser.get("/ada/shop/edit/main/index.html")
        assert "goes to a fork of yours" in page.text
        before = shop.heads
        form = {"content": "theirs\n", "target": "branch", "branch": "patch-1"}
        answer = await browser.post("/ada/shop/edit/main/index.html", **form)
        assert answer.leads_to == "/ada/shop/compare/main...eve%3Apatch-1"
        assert "+theirs" in (await browser.get(answer.leads_to)).text
        opened = await browser.post("/ada/shop/pulls", base="main", head="eve:patch-1", title="Please")

        (pull,) = shop.shop.pulls
        assert (pull.is_from_fork, pull.head.full_name, pull.user.login) == (True, "eve/shop", "eve")
        assert shop.heads == before
        shown = (await browser.get(opened.leads_to)).text
        assert [words in shown for words in ("Merge pull request", "cannot be merged", "Close")] == [False, False, True]
        assert (await browser.post(opened.leads_to, act="merge")).status == 403
        assert (await browser.post("/ada/shop/branches", branch="x", act="create")).status == 403


async def test_branches_are_made_and_deleted(shop) -> None:
    async with Browser(shop.github, "ada") as browser:
        await browser.post("/ada/shop/branches", branch="a/b", source="main", act="create")
        assert shop.heads["a/b"] == shop.heads["main"]
        assert 'href="/ada/shop/blob/a/b/src/app.js"' in (await browser.get("/ada/shop/tree/a/b/src")).text
        await browser.post("/ada/shop/branches", branch="a/b", act="delete")
        assert "a/b" not in shop.heads
        assert (await browser.post("/ada/shop/branches", branch="main", act="delete")).status == 422


async def test_a_pull_request_shows_what_an_app_has_said(shop) -> None:
    ada, app = shop.github.state.people.user("ada"), shop.house.fake_app
    async with Browser(shop.github, "ada") as browser:
        await browser.post("/ada/shop/new/main", name="n", content="n", target="branch", branch="next")
        shop.github.pulls.open(shop.shop, "next", ada, "Next")
        sha = shop.heads["next"]
        shop.github.say(shop.shop, sha, "thakur/shop", "success", description="Live", target_url="https://log.example/")
        said = {"state": "success", "environment_url": "https://next.example/", "log_url": "javascript:alert(1)"}
        shop.shop.deployments.append(
            {"id": 1, "sha": sha, "ref": sha, "environment": "next", "description": None, "statuses": [said]}
        )
        body = "<!-- mark -->\n**shop** is [live](https://next.example/)\n| a | `b` |\n|---|---|\n[no](javascript:x)"
        shop.shop.comments.append(FakeComment(7, 1, app, body, app))

        assert 'http-equiv="refresh"' not in (await browser.get(f"/ada/shop/commit/{sha}")).text
        shop.github.say(shop.shop, sha, "ci", "pending")
        assert 'http-equiv="refresh"' in (await browser.get(f"/ada/shop/commit/{sha}")).text

        page = (await browser.get("/ada/shop/pull/1")).text

        assert "thakur/shop" in page
        assert '<a href="https://next.example/">View deployment</a>' in page
        assert '<a href="https://next.example/">live</a>' in page
        assert 'href="javascript' not in page
        assert "mark" not in page
        assert "thakur (App)" in page
        await browser.post("/ada/shop/pull/1/comments", body="Thanks")
        assert [each.author for each in shop.shop.comments] == [app, ada]
        await browser.post("/ada/shop/pull/1/comments", delete="7")
        assert [each.body for each in shop.shop.comments] == ["Thanks"]


def test_a_comment_is_read_line_by_line() -> None:
    found = lines("## A `b`\n\n| x | **y** |\n| --- | --- |\n**[z](http://z/)**")

    assert [[[span[:2] for span in cell] for cell in line.cells] for line in found] == [
        [[("text", "A "), ("code", "b")]],
        [[]],
        [[("text", "x")], [("bold", "y")]],
        [[("link", "z")]],
    ]
