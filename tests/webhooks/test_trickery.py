"""Payloads and answers that would have something else cloned than what is followed."""

import asyncio
import json

import pytest

from support.github import Clone
from thakur.installations import RepositoryUnknown


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    return ours


@pytest.fixture
async def elsewhere():
    """An address that nothing of ours may ask, and who asked."""
    callers: list[object] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        callers.append(writer.get_extra_info("peername"))
        writer.close()

    server = await asyncio.start_server(note, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", callers


@pytest.mark.parametrize(
    "url",
    [
        "{elsewhere}/ada/shop.git",
        "{elsewhere}@127.0.0.1/ada/shop.git",
        "file:///etc",
        "ext::sh -c id",
        "ssh://-oProxyCommand=id/x",
        "http://169.254.169.254/latest/meta-data",
    ],
)
async def test_what_a_payload_says_of_addresses_is_not_read(rooms, ours, house, tmp_path, elsewhere, url) -> None:
    there, callers = elsewhere
    clone = Clone(tmp_path / "work", house.github.push_url(house.shop))
    sha = clone.commit({"a": "1"})
    await clone.push()
    project = await rooms.follow(ours)
    lie = url.format(elsewhere=there)
    names = ("clone_url", "git_url", "ssh_url", "url", "html_url", "branches_url", "compare_url", "archive_url")
    payload = {
        "ref": "refs/heads/main",
        "after": "0" * 40,
        "repository": {"id": house.shop.id, "full_name": "a/../../b"} | dict.fromkeys(names, lie),
        "head_commit": {"id": "f" * 40, "url": lie},
        "installation": {"id": house.installation.id, "access_tokens_url": lie},
    }
    await rooms.deliver("push", json.dumps(payload).encode(), "1")
    await rooms.jobs.drain()

    assert rooms.builds.commits == [sha]
    assert (await rooms.repositories.of([project]))[project].url == f"{house.github.url}/ada/shop"
    assert callers == []


@pytest.mark.parametrize("name", ["a/../../b", "ada/shop?x=1", "ada/shop#x", "ada/..", "ada shop/x", "ada"])
async def test_a_name_that_is_none_becomes_no_address_even_if_github_gives_it(rooms, ours, house, name) -> None:
    project = await rooms.follow(ours)
    before = (await rooms.repositories.of([project]))[project]
    answer = json.dumps({"id": house.shop.id, "full_name": name, "default_branch": "main", "private": True})
    house.github.fault(f"GET /api/v3/repositories/{house.shop.id}$", 3, status=200, body=answer)
    about = {"action": "renamed", "repository": {"id": house.shop.id}}
    await rooms.deliver("repository", json.dumps(about).encode(), "1")
    await rooms.jobs.drain()

    assert (await rooms.repositories.of([project]))[project] == before
    assert (await rooms.connections.of([project]))[project].full_name == "ada/shop"


async def test_an_api_that_leads_elsewhere_is_not_followed(rooms, ours, house, elsewhere) -> None:
    there, callers = elsewhere
    for status in (301, 302, 307, 308):
        house.github.fault("GET /api/v3/repos/ada/shop", 1, status=status, headers={"Location": f"{there}/api/v3/x"})
        with pytest.raises(Exception, match="another address") as refused:
            await rooms.connections.find(ours, "ada/shop")
        assert not isinstance(refused.value, RepositoryUnknown)
    assert callers == []
