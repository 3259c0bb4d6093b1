async def test_a_new_token_is_shown_once(client):
    made = await client.post("/account/tokens", data={"name": "ci", "scope": "deploy", "days": "90"})
    assert "thk_secret-of-ci" in made.text

    later = (await client.get("/account")).text
    assert "thk_secret-of-ci" not in later
    assert "<b>ci</b>" in later


async def test_a_token_is_revoked(client):
    await client.post("/account/tokens", data={"name": "ci", "scope": "read", "days": ""})

    answer = await client.post("/account/tokens/revocation", data={"name": "ci"})

    assert "The token is revoked." in answer.text
    assert "<b>ci</b>" not in answer.text


async def test_a_scope_or_a_life_that_there_is_not_is_refused(client):
    assert (await client.post("/account/tokens", data={"name": "ci", "scope": "god", "days": ""})).status_code == 422
    assert (await client.post("/account/tokens", data={"name": "ci", "scope": "read", "days": "9"})).status_code == 422


async def test_an_invitation_is_a_link_that_is_shown_once(client):
    made = await client.post("/team/invitations", data={"role": "member"})

    assert "http://127.0.0.1:8000/login/link/secret-1" in made.text
    assert "secret-1" not in (await client.get("/team")).text


async def test_what_was_done_is_listed_newest_first(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    await client.post("/api/v1/projects", json={"name": "blog"})

    text = (await client.get("/audit")).text

    assert text.index("blog") < text.index("shop")


async def test_a_new_project_leads_to_its_page(client):
    answer = await client.post("/projects/new", data={"name": "shop"})

    assert answer.url.path == "/projects/shop"
    assert "thakur deploy . --project shop" in answer.text


async def test_a_name_that_is_refused_stays_typed(client):
    answer = await client.post("/projects/new", data={"name": "-no"})

    assert answer.status_code == 422
    assert 'value="-no"' in answer.text
