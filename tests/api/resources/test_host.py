async def test_the_operator_sees_the_host(client):
    body = (await client.get("/api/v1/host")).json()
    assert (body["version"], body["data_dir"], body["pid"]) == ("0.1.0", "/data", 1)
