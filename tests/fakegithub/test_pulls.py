"""Pull requests of the stand-in: every step is told, and the API has what the pages and pushes have done."""

import json

import pytest

from support.github import Clone, github_house, receiver
from support.github_browser import CALLBACK, Browser
from support.waiting import eventually
from thakur.fakegithub.door.answers import Refusal
from thakur.fakegithub.git.commits import refs
from thakur.fakegithub.git.merging import edited


class Opened:
    """A repository with a branch `next` and the events of its pull requests."""

    def __init__(self, house, got) -> None:
        self.house, self.got = house, got
        self.github, self.shop = house.github, house.shop
        self.ada = house.github.state.people.user("ada")

        self.base = self.push("main", None, "a", b"1\n")
        self.head = self.push("next", self.base, "a", b"2\n")

    def push(self, branch: str, parent: str | None, file: str, content: bytes) -> str:
        """A commit more on the branch."""
        made = edited(self.shop.path, parent, file, content, self.ada, f"Change {file}")
        self.github.pushes.move(self.shop, branch, made, self.ada)
        return made

    async def told(self, count: int) -> list[dict]:
        """The payloads of so many events of pull requests."""
        await eventually(lambda: len(self._told()) >= count)
        return sorted(self._told(), key=lambda each: each["pull_request"]["updated_at"])

    def _told(self) -> list[dict]:
        return [json.loads(body) for headers, body in self.got if headers["X-GitHub-Event"] == "pull_request"]

    async def api(self, path: str, method: str = "GET", permission: str = "write", **more):
        permissions = {"metadata": "read", "pull_requests": permission} if permission else {"metadata": "read"}
        token = self.github.state.mint(self.house.installation, frozenset({self.shop.id}), permissions)
        async with Browser(self.github) as browser:
            return await browser.api(token, f"/repos/ada/shop{path}", method, **more)


@pytest.fixture
async def opened(tmp_path):
    async with receiver() as (url, got), github_house(tmp_path / "github", url) as house:
        yield Opened(house, got)


async def test_what_becomes_of_a_pull_request_is_told_step_by_step(opened) -> None:
    pulls = opened.github.pulls
    pull = pulls.open(opened.shop, "next", opened.ada, "A change", body="Why")
    (first,) = await opened.told(1)
    assert (first["action"], first["number"]) == ("opened", 1)
    head, base = first["pull_request"]["head"], first["pull_request"]["base"]
    assert (head["ref"], head["sha"], base["ref"], base["sha"]) == ("next", opened.head, "main", opened.base)
    assert head["repo"]["id"] == base["repo"]["id"] == opened.shop.id
    assert first["installation"]["id"] == opened.house.installation.id

    newest = opened.push("next", opened.head, "c", b"1\n")
    pulls.edit(pull, opened.ada, "Another title", "Why")
    pulls.close(pull, opened.ada)
    pulls.reopen(pull, opened.ada)

    told = {each["action"]: each for each in await opened.told(5)}
    assert (told["synchronize"]["before"], told["synchronize"]["after"]) == (opened.head, newest)
    assert told["edited"]["changes"] == {"title": {"from": "A change"}}
    assert told["closed"]["pull_request"]["merged"] is False
    assert told["reopened"]["pull_request"]["state"] == "open"
    assert refs(opened.shop.path)["refs/pull/1/head"] == newest


async def test_a_merge_moves_the_base_and_closes(opened) -> None:
    pull = opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")

    opened.github.pulls.merge(pull, opened.ada)

    closed = next(each for each in await opened.told(2) if each["action"] == "closed")
    assert closed["pull_request"]["merged"] is True
    assert closed["pull_request"]["merge_commit_sha"] == refs(opened.shop.path)["refs/heads/main"]
    assert closed["pull_request"]["merged_by"]["login"] == "ada"
    pushes = [json.loads(body) for headers, body in opened.got if headers["X-GitHub-Event"] == "push"]
    await eventually(lambda: any(each["after"] == pull.merge_sha for each in pushes))
    with pytest.raises(Refusal):
        opened.github.pulls.reopen(pull, opened.ada)


async def test_what_contradicts_itself_is_not_merged(opened) -> None:
    pull = opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")
    opened.push("main", opened.base, "a", b"3\n")

    assert (await opened.api("/pulls/1")).told["mergeable"] is False
    with pytest.raises(Refusal, match="not mergeable"):
        opened.github.pulls.merge(pull, opened.ada)


async def test_a_pull_request_ends_with_its_branch(opened) -> None:
    opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")
    opened.github.pushes.move(opened.shop, "next", None, opened.ada)

    assert [each["action"] for each in await opened.told(2)] == ["opened", "closed"]
    assert refs(opened.shop.path)["refs/pull/1/head"] == opened.head


async def test_a_fork_brings_its_commits_to_where_it_leads(opened, tmp_path) -> None:
    fork = opened.github.fork(opened.shop, "eve")
    eve = opened.github.state.people.user("eve")
    clone = Clone(tmp_path / "eve", opened.github.push_url(fork, "eve"))
    clone.git("fetch", "-q", str(fork.path), "main")
    clone.git("checkout", "-q", "-B", "main", "FETCH_HEAD")
    theirs = clone.commit({"evil": "1\n"}, "Theirs")
    await clone.push("HEAD:theirs")

    pull = opened.github.pulls.open(fork, "theirs", eve, "From a fork")
    (told,) = await opened.told(1)
    head = told["pull_request"]["head"]
    assert (head["repo"]["id"], head["repo"]["fork"], head["label"]) == (fork.id, True, "eve:theirs")
    assert told["sender"]["login"] == "eve"
    assert refs(opened.shop.path)["refs/pull/1/head"] == theirs

    newer = clone.commit({"evil": "2\n"})
    await clone.push("HEAD:theirs")
    assert refs(opened.shop.path)["refs/pull/1/head"] == newer
    opened.github.pulls.forget(fork)
    assert (await opened.api("/pulls/1")).told["head"]["repo"] is None
    assert pull.state == "closed"


async def test_the_api_lists_pull_requests_with_what_they_bring(opened) -> None:
    opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")

    shown = (await opened.api("/pulls/1")).told
    assert (shown["commits"], shown["changed_files"], shown["additions"], shown["deletions"]) == (1, 1, 1, 1)
    assert [each["filename"] for each in (await opened.api("/pulls/1/files")).told] == ["a"]
    assert [each["sha"] for each in (await opened.api("/pulls/1/commits")).told] == [opened.head]
    assert [each["number"] for each in (await opened.api("/pulls?head=ada:next")).told] == [1]
    assert (await opened.api("/pulls?state=closed")).told == []
    assert [each["number"] for each in (await opened.api(f"/commits/{opened.head}/pulls")).told] == [1]
    assert (await opened.api("/pulls/2")).status == 404
    assert (await opened.api("/pulls", permission="")).status == 403


async def test_a_comment_is_written_changed_and_gone_with_the_right_to_write_alone(opened) -> None:
    opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")
    path = "/issues/1/comments"
    made = await opened.api(path, "POST", json={"body": "<!-- mark --> hello"})
    assert (made.status, made.told["user"]["type"], made.told["user"]["login"]) == (201, "Bot", "thakur[bot]")
    there = f"/issues/comments/{made.told['id']}"

    assert (await opened.api(there, "PATCH", json={"body": "again"})).told["body"] == "again"
    assert [each["body"] for each in (await opened.api(path)).told] == ["again"]
    assert (await opened.api(there, "PATCH", permission="read", json={"body": "no"})).status == 403
    assert (await opened.api(path, "POST", json={"body": " "})).status == 422
    assert (await opened.api("/issues/9/comments", "POST", json={"body": "x"})).status == 404
    assert (await opened.api(there, "DELETE")).status == 204
    assert (await opened.api(there, "PATCH", json={"body": "late"})).status == 404


async def test_comments_are_told_to_an_app_that_would_know(opened) -> None:
    pull = opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")
    opened.house.fake_app.events.append("issue_comment")
    comment = opened.github.comments.add(pull, opened.ada, "One")
    opened.github.comments.edit(opened.shop, comment, opened.ada, "Two")
    opened.github.comments.delete(opened.shop, comment, opened.ada)

    def told() -> list[dict]:
        return [json.loads(body) for headers, body in opened.got if headers["X-GitHub-Event"] == "issue_comment"]

    await eventually(lambda: sorted(each["action"] for each in told()) == ["created", "deleted", "edited"])
    edited = next(each for each in told() if each["action"] == "edited")
    assert (edited["changes"]["body"]["from"], edited["comment"]["body"], edited["issue"]["number"]) == (
        "One",
        "Two",
        1,
    )


async def test_a_person_comments_through_an_app_where_they_may_read(opened) -> None:
    opened.github.pulls.open(opened.shop, "next", opened.ada, "A change")
    opened.shop.collaborators[opened.github.state.people.user("bob").id] = "read"
    opened.house.fake_app.callback_urls.append(CALLBACK)
    async with Browser(opened.github, "bob") as browser:
        token = await browser.token(opened.house.fake_app)
        made = await browser.api(token, "/repos/ada/shop/issues/1/comments", "POST", json={"body": "hi"})

    assert (made.told["user"]["login"], made.told["author_association"]) == ("bob", "COLLABORATOR")
    assert made.told["performed_via_github_app"]["slug"] == "thakur"
