"""The grammar of URLs."""

import pytest

from thakur.git.fetching.stops import Stopped
from thakur.git.fetching.urls import parse

HTTPS = ("https",)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("https://github.com/ada/shop", "https://github.com/ada/shop"),
        ("https://github.com/ada/shop.git/", "https://github.com/ada/shop.git"),
        ("HTTPS://GitHub.com:443/Ada/Shop", "https://github.com/Ada/Shop"),
        ("https://git.example.com.:8443/a", "https://git.example.com:8443/a"),
        ("https://[2001:DB8::1]:8443/a", "https://[2001:db8::1]:8443/a"),
        ("https://example.com/~ada/a%20b.git", "https://example.com/~ada/a%20b.git"),
    ],
)
def test_a_url_is_kept_without_what_says_nothing(text: str, kept: str) -> None:
    assert parse(text, HTTPS).text == kept


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "url_malformed"),
        ("--upload-pack=touch /tmp/p", "url_malformed"),
        ("-oProxyCommand=x", "url_malformed"),
        ("shop", "url_malformed"),
        ("../../shop", "url_malformed"),
        ("https://", "url_malformed"),
        ("https://example.com", "url_malformed"),
        ("https://example.com/", "url_malformed"),
        ("https:///a", "url_malformed"),
        ("https://-evil.example.com/a", "url_malformed"),
        ("https://example.com/a\n", "url_malformed"),
        ("https://example.com/a b", "url_malformed"),
        ("https://example.com/a\0", "url_malformed"),
        ("https://example.com/a;id$(id)`id`|id", None),
        ("https://exa$(id)mple.com/a", "url_malformed"),
        ("https://example.com/../a", "url_malformed"),
        ("https://example.com/a?b=c", "url_malformed"),
        ("https://example.com/a#b", "url_malformed"),
        ("https://example.com:0/a", "url_malformed"),
        ("https://example.com:99999/a", "url_malformed"),
        ("https://example.com:x/a", "url_malformed"),
        ("https://example.com\\@evil.example/a", "url_malformed"),
        ("https://exämple.com/a", "url_malformed"),
        ("https://example.com/" + "a" * 2000, "url_malformed"),
        ("https://[::1/a", "url_malformed"),
        ("git@github.com:ada/shop.git", "url_scp"),
        ("github.com:ada/shop", "url_scp"),
        ("ssh://git@github.com/ada/shop", "url_scheme"),
        ("file:///etc", "url_scheme"),
        ("git://example.com/a", "url_scheme"),
        ("http://example.com/a", "url_scheme"),
        ("ext::sh -c id", "url_malformed"),
        ("ext://sh/a", "url_scheme"),
        ("https://ada:hunter2@example.com/a", "url_credentials"),
        ("https://token@example.com/a", "url_credentials"),
    ],
)
def test_what_is_refused(text: str, code: str | None) -> None:
    if code is None:
        assert parse(text, HTTPS).text == text
        return
    with pytest.raises(Stopped) as stopped:
        parse(text, HTTPS)

    assert stopped.value.code == code
    assert "hunter2" not in str(stopped.value.facts)


def test_an_address_for_ssh_is_told_how_to_write_it() -> None:
    with pytest.raises(Stopped) as stopped:
        parse("git@github.com:ada/shop.git", HTTPS)

    assert stopped.value.facts["instead"] == "https://github.com/ada/shop.git"


def test_other_schemes_are_the_operators_choice() -> None:
    schemes = ("https", "http", "file")

    assert parse("http://example.com/a", schemes).port == 80
    assert parse("file:///srv/git/a.git", schemes).path == "/srv/git/a.git"
    with pytest.raises(Stopped):
        parse("file://host/srv/a", schemes)
