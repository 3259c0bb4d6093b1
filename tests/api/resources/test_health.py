async def test_ready_names_what_is_missing(client, doubles):
    assert (await client.get("/ready")).json() == {"status": "ready"}

    doubles.missing = ["database", "proxy"]
    answer = await client.get("/ready")

    assert answer.status_code == 503
    assert answer.json()["missing"] == ["database", "proxy"]
    assert answer.json()["detail"] == "Not ready: database, proxy"


async def test_up_answers_when_nothing_is_ready(client, doubles):
    doubles.missing = ["database"]
    assert (await client.get("/up")).json() == {"status": "up"}
