"""Plans over HTTP."""

from thakur.builds import BuildFailed, Failure
from thakur.git import FetchFailed

URL = "https://git.example/ada/shop"


async def test_a_repositorys_plan_is_told_without_making_anything(client, doubles):
    answer = await client.post("/api/v1/plans", json={"git_url": URL, "ref": "next", "git_token": "s3cret"})

    assert answer.status_code == 200
    shown = answer.json()
    assert (shown["source"]["ref"], shown["plan"]["framework"]) == ("next", "Hono")
    assert doubles.plans.tokens == ["s3cret"]
    assert not doubles.projects.rows


async def test_what_would_fail_is_told_in_the_words_of_a_build(client, doubles):
    failure = Failure(code="nothing_recognised", what="Nothing was found.", why="It is empty.", next="Add a page.")
    doubles.plans.refusal = BuildFailed(failure)

    answer = await client.post("/api/v1/plans", json={"git_url": URL})

    told = answer.json()
    assert answer.status_code == 422
    assert [told[name] for name in ("code", "detail", "why", "hint")] == [
        "nothing_recognised",
        "Nothing was found.",
        "It is empty.",
        "Add a page.",
    ]


async def test_a_fetch_that_fails_has_the_code_of_a_build_too(client, doubles):
    doubles.plans.refusal = FetchFailed("ref_missing", "There is no branch mian.", "It may be gone.", "Name another.")

    told = (await client.post("/api/v1/plans", json={"git_url": URL, "ref": "mian"})).json()

    assert (told["code"], told["why"]) == ("git_ref_missing", "It may be gone.")


async def test_a_repository_of_github_is_looked_at_with_a_token_that_is_lent(client, doubles):
    answer = await client.post("/api/v1/plans", json={"github": "ada/shop", "root": "apps/web"})

    assert (answer.json()["source"]["url"], answer.json()["source"]["ref"]) == ("https://github.com/ada/shop", "main")
    assert (doubles.plans.tokens, doubles.lender.out) == (["lent"], [])
    assert (await client.post("/api/v1/plans", json={"github": "nobody/else"})).status_code == 404
    assert (await client.post("/api/v1/plans", json={"github": "ada/shop", "git_url": URL})).status_code == 422
