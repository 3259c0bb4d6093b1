"""Addresses of GitHubs."""

import pytest

from thakur.github import FULL_NAME, Site, site_of


@pytest.mark.parametrize(
    ("web", "api"),
    [
        ("https://github.com", "https://api.github.com"),
        ("https://acme.ghe.com/", "https://api.acme.ghe.com"),
        ("https://git.example.com", "https://git.example.com/api/v3"),
        ("http://127.0.0.1:3000", "http://127.0.0.1:3000/api/v3"),
        ("http://localhost:3000", "http://localhost:3000/api/v3"),
    ],
)
def test_each_github_has_its_api_where_it_is(web, api) -> None:
    assert site_of(web) == Site(web.rstrip("/"), api)


def test_without_an_address_it_is_github_com_and_an_api_may_be_named() -> None:
    assert site_of() == Site()
    assert site_of("https://git.example.com", "https://api.example.com/v3") == Site(
        "https://git.example.com", "https://api.example.com/v3"
    )


@pytest.mark.parametrize(
    "url",
    [
        "http://git.example.com",
        "http://127.0.0.1.example.com",
        "https://ada@git.example.com",
        "https://git.example.com/path",
        "https://git.example.com?x=1",
        "ftp://git.example.com",
        "https://",
        "https://git.example.com:port",
        "git.example.com",
    ],
)
def test_what_would_send_a_token_in_the_clear_or_elsewhere_is_refused(url) -> None:
    assert site_of(url) == "url"
    assert site_of("https://git.example.com", url) in ("api_url", Site("https://git.example.com", url))
    if not url.endswith("/path"):
        assert site_of("https://git.example.com", url) == "api_url"


@pytest.mark.parametrize(
    "name", ["a/../../b", "a/..", "../a", "a", "a/b/c", "a b/c", "a/b?x", "-/../x", "", "a/", "/b"]
)
def test_what_is_no_repository_s_name_never_becomes_a_part_of_a_path(name) -> None:
    assert not FULL_NAME.fullmatch(name)
    assert FULL_NAME.fullmatch("Ada-1/shop.js")
