"""Tests of the settings: what is read, and what stops the start."""

import ipaddress

import pytest

from thakur.settings import SettingInvalid, Settings


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("https://deploy.example.com", "https://deploy.example.com"),
        ("HTTPS://Deploy.Example.com/", "https://deploy.example.com"),
        ("http://thakur.localhost:8080", "http://thakur.localhost:8080"),
        ("", None),
    ],
)
def test_the_public_url_is_a_scheme_and_a_host(value: str, read: str | None):
    assert Settings.from_env({"THAKUR_PUBLIC_URL": value}).public_url == read


@pytest.mark.parametrize(
    "value",
    [
        "deploy.example.com",
        "ftp://deploy.example.com",
        "https://deploy.example.com/path",
        "https://a:b@deploy.example.com",
        "https://deploy.example.com:port",
        "https://deploy.example.com?x=1",
        "https://",
        "https://ex ample.com",
    ],
)
def test_a_public_url_that_says_more_or_less_stops_the_start(value: str):
    with pytest.raises(SettingInvalid, match="THAKUR_PUBLIC_URL"):
        Settings.from_env({"THAKUR_PUBLIC_URL": value})


@pytest.mark.parametrize(
    ("env", "front"),
    [
        ({}, (8080, "http")),
        ({"THAKUR_HTTP": "0.0.0.0:80"}, (80, "http")),
        ({"THAKUR_HTTP": "127.0.0.1:8080", "THAKUR_PUBLIC_URL": "https://deploy.example.com"}, (443, "https")),
        ({"THAKUR_PUBLIC_URL": "http://thakur.localhost:8080"}, (8080, "http")),
    ],
)
def test_visitors_come_as_the_public_url_does(env: dict[str, str], front: tuple[int, str]) -> None:
    assert Settings.from_env(env).front == front


def test_trusted_proxies_are_addresses_and_networks():
    found = Settings.from_env({"THAKUR_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16 fd00::/8"}).trusted_proxies

    assert found == tuple(ipaddress.ip_network(text) for text in ("10.0.0.5/32", "10.1.0.0/16", "fd00::/8"))
    assert Settings.from_env({}).trusted_proxies == ()
    with pytest.raises(SettingInvalid, match="THAKUR_TRUSTED_PROXIES=proxy"):
        Settings.from_env({"THAKUR_TRUSTED_PROXIES": "proxy.example.com"})


def test_git_reaches_public_hosts_over_https_unless_told_otherwise() -> None:
    settings = Settings.from_env({})

    assert (settings.git_schemes, settings.git_hosts) == (("https",), ("public",))


def test_lists_are_words_with_commas() -> None:
    settings = Settings.from_env(
        {
            "THAKUR_GIT_SCHEMES": "https, HTTP",
            "THAKUR_GIT_HOSTS": "public, Git.Example.com,*.corp.example,10.0.0.7,[::1]",
        }
    )

    assert settings.git_schemes == ("https", "http")
    assert settings.git_hosts == ("public", "git.example.com", "*.corp.example", "10.0.0.7", "::1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("THAKUR_GIT_SCHEMES", "ssh"),
        ("THAKUR_GIT_SCHEMES", ","),
        ("THAKUR_GIT_HOSTS", "https://github.com"),
        ("THAKUR_GIT_HOSTS", "github.com:443"),
        ("THAKUR_GIT_HOSTS", "git hub"),
        ("THAKUR_GIT_HOSTS", "*"),
        ("THAKUR_GITHUB_PULL", "maybe"),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(name: str, value: str) -> None:
    with pytest.raises(SettingInvalid) as refused:
        Settings.from_env({name: value})

    assert f"{name}={value}" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize(
    ("env", "pulls"),
    [
        ({}, True),
        ({"THAKUR_PUBLIC_URL": "http://127.0.0.1:8000"}, True),
        ({"THAKUR_PUBLIC_URL": "http://dash.localhost"}, True),
        ({"THAKUR_PUBLIC_URL": "https://deploy.example.com"}, False),
        ({"THAKUR_PUBLIC_URL": "https://deploy.example.com", "THAKUR_GITHUB_PULL": "Yes"}, True),
        ({"THAKUR_GITHUB_PULL": "no"}, False),
    ],
)
def test_github_is_asked_where_it_cannot_tell(env: dict[str, str], pulls: bool) -> None:
    assert Settings.from_env(env).pulls_from_github is pulls
