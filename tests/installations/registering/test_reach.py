"""Whether a GitHub can reach this server, by the address alone."""

import pytest

from thakur.installations.registering.reach import PULL_HOOK_URL, Here, unreachable

GITHUB, OWN, HERE = "https://github.com", "https://git.example.com", "http://127.0.0.1:3000"


@pytest.mark.parametrize(
    ("public_url", "web_url", "word"),
    [
        ("https://deploy.example.org", GITHUB, ""),
        ("https://203.0.113.9.nip.io", GITHUB, ""),
        ("https://8.8.8.8", GITHUB, ""),
        (None, GITHUB, "no public URL"),
        (None, OWN, "no public URL"),
        (None, HERE, ""),
        ("http://localhost:8000", GITHUB, "localhost"),
        ("http://deploy.localhost", OWN, "deploy.localhost"),
        ("http://127.0.0.1:8000", GITHUB, "127.0.0.1"),
        ("http://localhost:8000", HERE, ""),
        ("https://10.1.2.3", GITHUB, "private network"),
        ("https://192.168.1.5", "https://acme.ghe.com", "private network"),
        ("https://10.1.2.3", OWN, ""),
        ("https://deploy.internal", GITHUB, "your own network"),
        ("https://deploy.home.arpa", GITHUB, "your own network"),
        ("https://deploy", GITHUB, "your own network"),
        ("https://deploy.lan", OWN, ""),
    ],
)
def test_an_address_that_nobody_there_knows_is_told_before_anybody_leaves(public_url, web_url, word) -> None:
    told = unreachable(Here(public_url, public_url or "http://127.0.0.1:8000"), web_url)

    assert word in told
    assert bool(told) == bool(word)


@pytest.mark.parametrize(
    ("here", "web_url", "hook_url"),
    [
        (Here("https://d.example.org", "https://d.example.org"), GITHUB, "https://d.example.org/webhooks/github"),
        (Here("https://d.example.org", "https://d.example.org", pulls=True), GITHUB, PULL_HOOK_URL),
        (Here(None, "http://127.0.0.1:8000", pulls=True), GITHUB, PULL_HOOK_URL),
        (Here(None, "http://127.0.0.1:8000"), GITHUB, ""),
        (Here(None, "http://127.0.0.1:8000", pulls=True), HERE, "http://127.0.0.1:8000/webhooks/github"),
    ],
)
def test_events_go_here_or_to_nobody(here, web_url, hook_url) -> None:
    assert here.hook_url(web_url) == hook_url
