import asyncio

import pytest

from support.listeners import listening
from support.services import entries, make_build
from thakur.api.interface import UploadBroken
from thakur.builds import UPLOAD_BYTES


@pytest.fixture
async def shop(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    return "/api/v1/projects/shop/builds"


async def test_an_upload_becomes_a_queued_build(client, doubles, shop):
    commit = "a" * 40
    answer = await client.post(
        shop, content=b"packed", params={"folder": "shop", "commit": commit, "message": "Grüße & more"}
    )
    assert answer.status_code == 201
    body = answer.json()
    assert (body["number"], body["status"]) == (1, "queued")
    assert body["source"]["commit"] == commit
    assert body["source"]["message"] == "Grüße & more"
    assert doubles.builds.uploads[1] == b"packed"


async def test_a_large_upload_is_no_json_body(client, doubles, shop):
    body = b"x" * 12_000_000
    assert (await client.post(shop, content=body)).status_code == 201
    assert len(doubles.builds.uploads[1]) == len(body)


async def test_an_announced_length_above_the_limit_is_refused_unread(client, doubles, shop):
    answer = await client.post(shop, content=b"x", headers={"content-length": str(UPLOAD_BYTES + 1)})
    assert answer.status_code == 413
    assert answer.json()["code"] == "upload_too_large"
    assert not doubles.builds.rows


async def sent(path, *parts, length=None):
    reader, writer = await asyncio.open_unix_connection(path)
    kind = f"Content-Length: {length}" if length else "Transfer-Encoding: chunked"
    writer.write(
        f"POST /api/v1/projects/shop/builds HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{kind}\r\n\r\n".encode()
    )
    for part in parts:
        writer.write(part if length else b"%x\r\n%b\r\n" % (len(part), part))
    await writer.drain()
    return reader, writer


async def test_an_upload_is_counted_while_it_comes(local_app, doubles, operator, short_path, monkeypatch):
    monkeypatch.setattr("thakur.api.body.UPLOAD_BYTES", 1000)
    await doubles.projects.create(operator, "shop")
    async with listening(local_app, short_path / "local.sock") as path:
        reader, writer = await sent(path, *[b"x" * 100] * 20)
        head = await reader.readuntil(b"\r\n")
        writer.close()
    assert b" 413 " in head
    assert not doubles.builds.rows


@pytest.mark.parametrize("length", [None, 1000])
async def test_an_upload_that_breaks_off_leaves_nothing(local_app, doubles, operator, short_path, length, caplog):
    began, ended = asyncio.Event(), asyncio.Event()

    async def watched(principal, project_id, upload, body):
        try:
            async for _ in body:
                began.set()
        except BaseException as error:
            doubles.builds.rows["error"] = error
            raise
        finally:
            ended.set()

    doubles.builds.request = watched
    await doubles.projects.create(operator, "shop")
    async with listening(local_app, short_path / "local.sock") as path:
        _, writer = await sent(path, b"x" * 100, length=length)
        await began.wait()
        writer.transport.abort()
        await asyncio.wait_for(ended.wait(), 5)
    assert isinstance(doubles.builds.rows["error"], UploadBroken | asyncio.CancelledError)
    assert not caplog.records


async def test_json_names_a_commit(client, shop):
    asked = {"git_url": "https://github.com/ada/shop.git", "ref": "main", "fresh": True}
    answer = await client.post(shop, json=asked)
    assert answer.status_code == 201
    source = answer.json()["source"]
    assert (source["kind"], source["url"], source["ref"]) == ("git", asked["git_url"], "main")
    assert (source["folder"], source["is_fresh"]) == ("shop", True)


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"git_url": "ssh://git@github.com/ada/shop"}, "git_url"),
        ({"git_url": "https://github.com/ada/shop", "ref": "--upload-pack=x"}, "ref"),
        ({"folder": "shop"}, "folder"),
    ],
)
async def test_a_refused_commit_is_refused_at_the_field(client, shop, asked, field):
    answer = await client.post(shop, json=asked)
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_long_json_body_is_not_read(client, shop):
    assert (await client.post(shop, json={"ref": "a" * 70_000})).status_code == 400


async def test_other_bodies_are_refused(client, shop):
    answer = await client.post(shop, content=b"x", headers={"content-type": "text/plain"})
    assert answer.status_code == 400
    assert "tar.zst" in answer.json()["detail"]


@pytest.mark.parametrize("commit", ["main", "A" * 40, "a" * 41, "a" * 39 + "\n"])
async def test_a_commit_that_is_none_is_refused_at_the_field(client, shop, commit):
    answer = await client.post(shop, content=b"x", params={"commit": commit})
    assert answer.status_code == 422
    assert answer.json()["field"] == "commit"


async def test_a_build_is_known_by_its_number_alone(client, doubles, shop):
    doubles.builds.rows[1, 3] = make_build(1, 3)
    (shown,) = (await client.get(shop)).json()
    assert shown["number"] == 3
    assert not [name for name in shown if name == "id" or name.endswith("_id")]
    assert (await client.get(f"{shop}/3")).json() == shown


async def test_builds_come_newest_first_in_pages(client, doubles, shop):
    for number in range(1, 8):
        doubles.builds.rows[1, number] = make_build(1, number)
    first = (await client.get(f"{shop}?limit=3")).json()
    assert [build["number"] for build in first] == [7, 6, 5]
    second = (await client.get(f"{shop}?limit=3&before=5")).json()
    assert [build["number"] for build in second] == [4, 3, 2]


async def test_a_builds_log_is_its_own_stream(client, doubles, shop):
    doubles.builds.rows[1, 3] = make_build(1, 3)
    await doubles.logs.append(103, entries("cloned", "built"))
    lines = (await client.get(f"{shop}/3/logs")).json()
    assert [(line["number"], line["text"]) for line in lines] == [(1, "cloned"), (2, "built")]
    assert (await client.get(f"{shop}/4/logs")).json()["code"] == "build_not_found"


async def test_a_build_is_canceled_once(client, doubles, shop):
    doubles.builds.rows[1, 3] = make_build(1, 3)
    answer = await client.post(f"{shop}/3/cancellation")
    assert answer.status_code == 202
    assert (answer.json()["status"], answer.json()["ended_by"]) == ("canceled", "operator")
    again = await client.post(f"{shop}/3/cancellation")
    assert (again.status_code, again.json()["code"]) == (409, "build_ended")
    assert "was canceled" in again.json()["detail"]
    assert (await client.post(f"{shop}/4/cancellation")).status_code == 404


async def test_a_fresh_build_is_asked_for(client, shop):
    assert (await client.post(shop, content=b"x")).json()["source"]["is_fresh"] is False
    assert (await client.post(shop, content=b"x", params={"fresh": "true"})).json()["source"]["is_fresh"] is True
