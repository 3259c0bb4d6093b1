from support.services import make_build, make_deployment
from thakur.builds import BuildStatus


async def make_project(client, name: str) -> None:
    await client.post("/api/v1/projects", json={"name": name})


async def test_nothing_yet_says_what_to_type_first(client):
    answer = await client.get("/projects")

    assert answer.status_code == 200
    assert "Nothing is deployed yet" in answer.text
    assert "thakur deploy . --project my-app" in answer.text


async def test_the_list_tells_what_is_live_and_what_failed_since(client, doubles):
    await make_project(client, "shop")
    await make_project(client, "blog")
    doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    doubles.builds.rows[2, 3] = make_build(2, 3, status=BuildStatus.FAILED)

    text = (await client.get("/projects")).text

    assert text.count('data-s="active"><svg') >= 1
    assert "<b>build failed</b>" in text


async def test_only_matching_names_are_listed(client):
    await make_project(client, "shop")
    await make_project(client, "blog")

    answer = await client.get("/projects?q=SHO", headers={"hx-request": "true", "hx-target": "div#found"})

    assert answer.text.lstrip().startswith('<div id="found"')
    assert 'hx-sse:connect="/projects/events?q=SHO&amp;page=1"' in answer.text
    assert "/projects/shop" in answer.text
    assert "/projects/blog" not in answer.text


async def test_words_of_others_are_never_markup(client, doubles):
    await make_project(client, "shop")
    build = make_build(1, 1)
    doubles.builds.rows[1, 1] = build
    doubles.builds.change(build, source=build.source.__class__(digest="0", size_bytes=1, message="<script>x</script>"))

    assert "<script>x" not in (await client.get("/projects")).text


async def test_pages_may_run_nothing_inline(client):
    answer = await client.get("/projects")

    assert "script-src 'self'" in answer.headers["content-security-policy"]
    assert "<script>" not in answer.text
    assert " style=" not in answer.text


async def test_a_theme_is_kept_and_comes_with_the_page(client):
    answer = await client.post("/account/theme", data={"theme": "dark"}, follow_redirects=False)
    assert answer.status_code == 303

    assert '<html lang="en" data-theme="dark">' in (await client.get("/projects")).text


async def test_a_theme_that_is_none_is_refused(client):
    assert (await client.post("/account/theme", data={"theme": "pink"})).status_code == 422


async def test_pages_are_compressed_for_whoever_takes_that(client):
    small = await client.get("/projects", headers={"accept-encoding": "gzip"})
    plain = await client.get("/projects", headers={"accept-encoding": "identity"})

    assert small.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert int(small.headers["content-length"]) < len(plain.content) / 2
    assert "<h1>Projects</h1>" in small.text


async def test_many_projects_are_told_in_pages(client):
    for number in range(52):
        await make_project(client, f"shop-{number}")

    first, second = (await client.get("/projects")).text, (await client.get("/projects?page=2")).text

    assert 'href="/projects/shop-51"' in first
    assert "Older" in first
    assert '<a href="/projects/shop-0">' not in first
    assert '<a href="/projects/shop-0">' in second
    assert "Newer" in second
