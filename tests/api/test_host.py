async def test_the_operator_sees_the_host(client):
    body = (await client.get("/api/v1/host")).json()
    assert (body["version"], body["data_dir"], body["pid"]) == ("0.1.0", "/data", 1)


async def test_stop_is_asked_once_and_answers_first(client, stops):
    answer = await client.post("/api/v1/host/stop")
    assert answer.status_code == 202
    assert answer.json()["pid"] == 1
    assert stops == [True]


async def test_looking_does_not_stop(client, stops):
    await client.get("/api/v1/host")
    await client.get("/api/v1/host/stop")
    assert stops == []
