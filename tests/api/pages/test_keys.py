async def test_single_keys_are_turned_off_for_this_browser_and_on_again(client):
    assert "data-no-keys" not in (await client.get("/account")).text

    await client.post("/account/keys", data={"keys": "off"})
    assert "data-no-keys" in (await client.get("/projects")).text

    await client.post("/account/keys", data={"keys": "on"})
    assert "data-no-keys" not in (await client.get("/projects")).text


async def test_every_page_lists_its_keys(client):
    assert 'id="keys"' in (await client.get("/projects")).text
