import asyncio

import httpx
import pytest

from thakur.api import once
from thakur.errors import Unavailable

PROJECTS = "/api/v1/projects"
KEY = {"idempotency-key": "8e03978e"}


async def test_a_repeated_request_is_done_once_and_answered_alike(client, doubles):
    first = await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)
    again = await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert again.headers["content-type"] == first.headers["content-type"]
    assert (first.headers.get("idempotent-replayed"), again.headers["idempotent-replayed"]) == (None, "true")
    assert len(doubles.projects.rows) == 1
    assert [action for _, action, *_ in doubles.accounts.audited] == ["create project"]


@pytest.mark.parametrize(
    ("path", "name"), [(PROJECTS, "another"), (f"{PROJECTS}/shop/env", "shop")], ids=["another body", "another path"]
)
async def test_another_request_with_the_key_is_refused(client, doubles, path, name):
    await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)
    answer = await client.post(path, json={"name": name}, headers=KEY)

    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_taken")
    assert len(doubles.projects.rows) == 1


async def test_a_request_that_is_under_way_is_not_begun_again(local_app, doubles):
    began, may_end = asyncio.Event(), asyncio.Event()
    create = doubles.projects.create

    async def slow(principal, name):
        began.set()
        await may_end.wait()
        return await create(principal, name)

    doubles.projects.create = slow
    async with httpx.AsyncClient(transport=httpx.ASGITransport(local_app), base_url="http://x") as client:
        first = asyncio.ensure_future(client.post(PROJECTS, json={"name": "shop"}, headers=KEY))
        await began.wait()
        again = await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)
        may_end.set()

        assert (again.status_code, again.json()["code"]) == (409, "request_under_way")
        assert (await first).status_code == 201


async def test_what_was_refused_is_asked_anew(client):
    refused = await client.post(PROJECTS, json={"name": "-"}, headers=KEY)
    done = await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)

    assert (refused.status_code, done.status_code) == (422, 201)


async def test_a_bug_leaves_the_key_free(client, doubles):
    create = doubles.projects.create

    async def broken(principal, name):
        doubles.projects.create = create
        raise RuntimeError

    doubles.projects.create = broken

    assert (await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)).status_code == 500
    assert (await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)).status_code == 201


async def test_a_secret_is_not_kept(client, doubles):
    first = await client.post("/api/v1/tokens", json={"name": "ci"}, headers=KEY)
    again = await client.post("/api/v1/tokens", json={"name": "ci"}, headers=KEY)

    assert first.json()["token"]
    assert (again.status_code, again.json()["code"]) == (409, "answer_not_kept")
    assert first.json()["token"] not in str(doubles.idempotency_keys.rows)


async def test_an_upload_is_known_again_by_its_bytes(client, doubles):
    await client.post(PROJECTS, json={"name": "shop"})
    answers = [
        await client.post(f"{PROJECTS}/shop/builds", content=content, headers=KEY)
        for content in (b"x" * 100_000, b"x" * 100_000, b"y" * 100_000)
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    assert list(doubles.builds.uploads) == [1]


async def test_a_body_that_nobody_reads_is_part_of_the_request(client):
    await client.post(PROJECTS, json={"name": "shop"})
    path = f"{PROJECTS}/shop/env"
    answers = [await client.post(path, content=content, headers=KEY) for content in (b'{"text":""}', b'{"text":"A=1"}')]

    assert [answer.status_code for answer in answers] == [200, 422]


async def test_a_key_that_is_none_is_malformed(client):
    for key in ("", "a b", "x" * 256, "ü"):
        answer = await client.post(PROJECTS, json={"name": "shop"}, headers={"idempotency-key": key.encode()})

        assert (answer.status_code, answer.json()["code"]) == (400, "malformed"), key


async def test_what_has_happened_is_told_also_when_it_cannot_be_kept(client, doubles, monkeypatch, caplog):
    async def away(*_):
        raise Unavailable("away")

    doubles.idempotency_keys.keep = away
    assert (await client.post(PROJECTS, json={"name": "shop"}, headers=KEY)).status_code == 201
    assert [record.message for record in caplog.records if record.name == once.__name__] == ["answer not kept"]


async def test_a_request_without_a_key_is_done_each_time(client):
    answers = [await client.post(PROJECTS, json={"name": "shop"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 409]
