import json

from thakur.identities import AccountSeen, RepositorySeen, Seen


def test_repositories_are_listed_and_found_by_words(thakur, server):
    found = [
        RepositorySeen(
            repository_id=n,
            full_name=name,
            is_private=n == 3,
            is_archived=False,
            default_branch="main",
            language="",
            pushed_at=None,
        )
        for n, name in ((3, "ada/shop"), (4, "ada/blog"))
    ]
    account = AccountSeen(installation_id=2, account="ada", is_suspended=False, page_url="")
    server.doubles.browser.seen = Seen(accounts=(account,), repositories=tuple(found))

    lines = thakur("github", "repos").out.splitlines()

    assert [line.split() for line in lines[1:]] == [
        ["ada/shop", "private", "main", "-", "-"],
        ["ada/blog", "public", "main", "-", "-"],
    ]
    assert [one["full_name"] for one in json.loads(thakur("github", "repos", "blog", "--json").out)] == ["ada/blog"]
    assert "No repository matches gone." in thakur("github", "repos", "gone").err


def test_without_an_app_the_way_to_one_is_named(thakur, server):
    server.doubles.browser.seen = Seen()

    assert "thakur github add" in thakur("github", "repos").err
