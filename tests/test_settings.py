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


def test_trusted_proxies_are_addresses_and_networks():
    found = Settings.from_env({"THAKUR_TRUSTED_PROXIES": "10.0.0.5, 10.1.0.0/16 fd00::/8"}).trusted_proxies

    assert found == tuple(ipaddress.ip_network(text) for text in ("10.0.0.5/32", "10.1.0.0/16", "fd00::/8"))
    assert Settings.from_env({}).trusted_proxies == ()
    with pytest.raises(SettingInvalid, match="THAKUR_TRUSTED_PROXIES=proxy"):
        Settings.from_env({"THAKUR_TRUSTED_PROXIES": "proxy.example.com"})
