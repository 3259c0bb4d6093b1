import re

from thakur.builds import BuildFailed, Failure

URL = "https://git.example/ada/shop.git"
NOTHING = Failure(code="nothing_recognised", what="Nothing that runs was found.", why="There is no package.json.")


async def test_a_repositorys_plan_is_shown_before_anything_is_made(client, doubles):
    answer = await client.post("/projects/new/plan", data={"url": URL, "ref": "next"})

    assert answer.status_code == 200
    assert "Detected Hono: a server" in answer.text
    assert 'placeholder="bun src/index.ts"' in answer.text
    assert 'name="name" type="text" value="shop"' in answer.text
    assert not doubles.projects.rows


async def test_a_project_is_made_and_deployed_as_the_plan_was_changed(client, doubles):
    form = {"url": URL, "ref": "next", "name": "shop", "start": "bun x.ts", "build": "", "dotenv": "A=1\nB=canary"}
    looked = await client.post("/projects/new/plan", data=form)
    (kept,) = re.findall(r'name="pasted" value="([^"]+)"', looked.text)
    form |= {"dotenv": "", "pasted": kept}
    answer = await client.post("/projects/new/git", data=form, follow_redirects=False)

    assert answer.headers["location"] == "/projects/shop/deployments/1"
    assert (doubles.repositories.rows[1].url, doubles.repositories.rows[1].branch) == (URL, "next")
    assert doubles.projects.rows[0].settings.start == "bun x.ts"
    assert doubles.projects.rows[0].settings.build is None
    assert sorted(one.name for one in await doubles.env_vars.list(None, 1)) == ["A", "B"]
    assert "git.example/ada/shop" in (await client.get(answer.headers["location"])).text
    assert "2 env vars would be set." in looked.text
    assert "canary" not in looked.text


async def test_a_paste_that_nobody_looked_over_is_shown_and_makes_nothing(client, doubles):
    form = {"url": URL, "name": "shop", "dotenv": "A=1\nPORT=1"}

    answer = await client.post("/projects/new/git", data=form)

    assert answer.status_code == 422
    assert "Nothing is saved yet." in answer.text
    assert "PORT is reserved" in answer.text
    assert not doubles.projects.rows


async def test_a_paste_is_looked_over_beside_its_field(client):
    headers = {"HX-Request": "true", "HX-Target": "div#preview"}

    good = await client.post("/projects/new/env", data={"dotenv": "A=canary"}, headers=headers)
    bad = await client.post("/projects/new/env", data={"dotenv": "A=1\ncanary"}, headers=headers)

    assert good.text.lstrip().startswith('<div id="preview"')
    assert "1 env var would be set." in good.text
    assert (bad.status_code, "Line 2 is no assignment." in bad.text) == (422, True)
    assert "canary" not in good.text + bad.text


async def test_a_token_is_used_and_never_shown(client, doubles):
    answer = await client.post("/projects/new/plan", data={"url": URL, "token": "s3cret"})

    assert doubles.plans.tokens == ["s3cret"]
    assert "s3cret" not in answer.text
    assert "Once more" in answer.text


async def test_what_is_refused_leaves_no_project_and_keeps_what_was_typed(client, doubles):
    form = {"url": URL, "name": "shop", "root": "/etc", "dotenv": "A=1"}
    answer = await client.post("/projects/new/git", data=form)

    assert answer.status_code == 422
    assert not doubles.projects.rows
    assert 'value="/etc"' in answer.text
    assert "Nothing is saved yet." not in answer.text


async def test_why_a_repository_has_no_plan_is_told_beside_its_url(client, doubles):
    doubles.plans.refusal = BuildFailed(NOTHING)

    answer = await client.post("/projects/new/plan", data={"url": URL})

    assert answer.status_code == 422
    assert "There is no package.json." in answer.text
    assert f'value="{URL}"' in answer.text


async def test_a_url_that_git_refuses_is_refused(client):
    answer = await client.post("/projects/new/plan", data={"url": "file:///etc/passwd"})

    assert answer.status_code == 422


async def test_a_project_with_a_repository_is_deployed_by_a_button(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop", "git_url": URL, "branch": "main"})
    assert "Deploy main" in (await client.get("/projects/shop")).text

    answer = await client.post("/projects/shop/deployments", follow_redirects=False)

    assert answer.headers["location"] == "/projects/shop/deployments/1"
    assert doubles.builds.rows[1, 1].source.kind == "git"
