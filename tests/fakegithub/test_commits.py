"""Commits as the stand-in shows them, and what two of them differ in."""

import json

import pytest

from support.waiting import eventually
from thakur.github import NotThere, RequestRefused


async def test_a_comparison_names_commits_and_files_since_the_common_one(house, clone, ask) -> None:
    first = clone.commit({"apps/web/a.txt": "1\n", "old.txt": "words that stay as they are\n" * 9, "gone": "x"}, "One")
    await clone.push()
    clone.git("mv", "old.txt", "new.txt")
    clone.git("rm", "-q", "gone")
    second = clone.commit({"apps/web/a.txt": "2\n", "apps/api/b.txt": "1\n"}, "Two")
    await clone.push()
    clone.git("checkout", "-q", "-b", "side/way", first)
    third = clone.commit({"c": "1"}, "Three")
    await clone.push()

    forward = await ask(f"/compare/{first}...main")
    assert (forward["status"], forward["ahead_by"], forward["behind_by"]) == ("ahead", 1, 0)
    assert [each["sha"] for each in forward["commits"]] == [second]
    assert [(each["filename"], each["status"], each.get("previous_filename")) for each in forward["files"]] == [
        ("apps/api/b.txt", "added", None),
        ("apps/web/a.txt", "modified", None),
        ("gone", "removed", None),
        ("new.txt", "renamed", "old.txt"),
    ]
    assert forward["files"][1]["patch"] == "@@ -1 +1 @@\n-1\n+2"
    apart = await ask("/compare/main...side/way")
    assert (apart["status"], apart["ahead_by"], apart["behind_by"]) == ("diverged", 1, 1)
    assert apart["merge_base_commit"]["sha"] == first
    assert [each["filename"] for each in apart["files"]] == ["c"]
    assert (await ask(f"/compare/main...{first[:12]}"))["status"] == "behind"
    same = await ask(f"/compare/{third}...side/way")
    assert (same["status"], same["commits"], same["files"]) == ("identical", [], [])


async def test_what_cannot_be_compared_is_not_found(house, clone, ask) -> None:
    clone.commit({"a": "1"})
    await clone.push()
    clone.git("checkout", "-q", "--orphan", "other")
    clone.commit({"a": "2"})
    await clone.push()
    with pytest.raises(NotThere, match="No common ancestor"):
        await ask("/compare/main...other")
    for basehead in ("main", "main...nothing", f"{'0' * 40}...main"):
        with pytest.raises(NotThere):
            await ask(f"/compare/{basehead}")


async def test_a_comparison_of_many_commits_comes_in_pages_and_its_files_with_the_first(house, clone, ask) -> None:
    base = clone.commit({"a": "0"})
    shas = [clone.commit({"a": str(number)}) for number in range(1, 6)]
    await clone.push()

    pages = [await ask(f"/compare/{base}...main?per_page=2&page={number}") for number in (1, 2, 3)]

    assert [each["sha"] for page in pages for each in page["commits"]] == shas
    assert [("files" in page, page["total_commits"]) for page in pages] == [(True, 5), (False, 5), (False, 5)]


async def test_commits_are_listed_and_one_is_shown_with_its_files(house, clone, ask) -> None:
    with pytest.raises(RequestRefused, match="empty"):
        await ask("/commits")
    first = clone.commit({"a": "1\n"}, "One")
    second = clone.commit({"a": "1\n2\n"}, "Two")
    await clone.push("HEAD", "HEAD:refs/tags/v1")

    assert [each["sha"] for each in await ask("/commits")] == [second, first]
    for ref in ("main", "v1", "tags/v1", "heads/main", second[:7]):
        found = await ask(f"/commits/{ref}")
        assert (found["sha"], found["commit"]["message"]) == (second, "Two")
    assert found["stats"] == {"additions": 1, "deletions": 0, "total": 1}
    assert [each["filename"] for each in found["files"]] == ["a"]
    with pytest.raises(RequestRefused, match="No commit found"):
        await ask("/commits/nothing")


async def test_branches_come_in_pages(clone, answer) -> None:
    sha = clone.commit({"a": "1"})
    await clone.push("HEAD", *(f"HEAD:refs/heads/b{number:02}" for number in range(40)))

    listed = await answer("/branches")
    assert [len(listed.data), listed.data[0]["name"], listed.data[0]["commit"]["sha"]] == [30, "b00", sha]
    rest = await answer(listed.next_url)
    assert [each["name"] for each in rest.data][-1] == "main"
    assert rest.next_url == ""


async def test_a_push_names_the_files_of_each_commit(hooked) -> None:
    _, got, clone = hooked
    clone.commit({"a": "1", "b": "1"})
    clone.git("rm", "-q", "b")
    clone.commit({"a": "2", "c": "1"})
    await clone.push()
    await eventually(lambda: [each for each in got if each[0]["X-GitHub-Event"] == "push"])
    (push,) = [json.loads(body) for headers, body in got if headers["X-GitHub-Event"] == "push"]

    assert [(each["added"], each["removed"], each["modified"]) for each in push["commits"]] == [
        (["a", "b"], [], []),
        (["c"], ["b"], ["a"]),
    ]
