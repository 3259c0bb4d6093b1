"""Files, trees, refs and tags."""

import base64

import pytest

from thakur.github import NotThere


@pytest.fixture
async def sha(clone) -> str:
    clone.commit({"README.md": "# héllo\n", "apps/web/a.txt": "1", "big": b"x" * (1024 * 1024 + 1)})
    (clone.directory / "link").symlink_to("README.md")
    sha = clone.commit({})
    clone.git("tag", "v1")
    clone.git("tag", "-a", "-m", "Two", "v2")
    await clone.push("HEAD", "v1", "v2")
    return sha


async def test_a_file_a_directory_a_link_and_a_large_file_are_shown(ask, raw, sha) -> None:
    file = await ask("/contents/README.md")
    assert base64.b64decode(file["content"]).decode() == "# héllo\n"
    assert (file["type"], file["encoding"], file["size"]) == ("file", "base64", 9)
    for path in ("/contents", "/contents/"):
        kinds = {each["name"]: each["type"] for each in await ask(path)}
        assert kinds == {"README.md": "file", "apps": "dir", "big": "file", "link": "symlink"}
    assert [each["path"] for each in await ask(f"/contents/apps/web?ref={sha}")] == ["apps/web/a.txt"]
    assert (await ask("/contents/link"))["target"] == "README.md"
    assert (await ask("/contents/big"))["encoding"] == "none"
    assert (await raw("/repos/ada/shop/contents/apps/web/a.txt", Accept="application/vnd.github.raw+json"))[2] == "1"
    for path in ("/contents/nothing", "/contents/README.md?ref=nothing"):
        with pytest.raises(NotThere):
            await ask(path)


async def test_an_empty_repository_has_no_contents(ask) -> None:
    with pytest.raises(NotThere, match="empty"):
        await ask("/contents/")


async def test_a_tree_is_listed_alone_or_with_all_below_it(ask, sha) -> None:
    top = await ask("/git/trees/main")
    assert [each["path"] for each in top["tree"]] == ["README.md", "apps", "big", "link"]
    deep = await ask(f"/git/trees/{sha}?recursive=1")
    assert "apps/web/a.txt" in [each["path"] for each in deep["tree"]]
    assert (deep["sha"], deep["truncated"]) == (top["sha"], False)
    below = next(each["sha"] for each in top["tree"] if each["path"] == "apps")
    assert [each["path"] for each in (await ask(f"/git/trees/{below}"))["tree"]] == ["web"]
    with pytest.raises(NotThere):
        await ask("/git/trees/nothing")


async def test_a_ref_is_found_by_its_whole_name_and_others_by_its_beginning(ask, sha) -> None:
    branch = await ask("/git/ref/heads/main")
    assert (branch["ref"], branch["object"]["type"], branch["object"]["sha"]) == ("refs/heads/main", "commit", sha)
    assert (await ask("/git/ref/tags/v2"))["object"]["type"] == "tag"
    assert [each["ref"] for each in await ask("/git/matching-refs/tags/v")] == ["refs/tags/v1", "refs/tags/v2"]
    with pytest.raises(NotThere):
        await ask("/git/ref/heads/mai")
    assert [(each["name"], each["commit"]["sha"]) for each in await ask("/tags")] == [("v2", sha), ("v1", sha)]
