"""What `.gitmodules` says."""

import pytest

from thakur.git.fetching.modules import locate, parse_modules
from thakur.git.fetching.stops import Stopped
from thakur.git.fetching.urls import parse

PARENT = parse("https://git.example.com/team/shop.git", ("https",))


def test_only_path_and_url_are_read() -> None:
    text = """
[core]
	sshCommand = touch /tmp/p
[submodule "theme"]
	path = vendor/theme
	url = "../theme.git" ; a comment
	update = !touch /tmp/p
[submodule "bare"]
	path = nowhere
[include]
	path = /etc/passwd
	url = https://example.com/a
"""
    assert parse_modules(text) == {"vendor/theme": "../theme.git"}


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://github.com/a/b", "https://github.com/a/b"),
        ("../theme.git", "https://git.example.com/team/theme.git"),
        ("../../other/theme", "https://git.example.com/other/theme"),
        ("./theme", "https://git.example.com/team/shop.git/theme"),
    ],
)
def test_where_a_submodule_is(url: str, found: str) -> None:
    assert locate(url, PARENT, ("https",)).text == found


@pytest.mark.parametrize(
    "url",
    [
        *("file:///etc", "/etc/passwd", "-uevil", "-u./x", "ext::sh -c id", "git@github.com:a/b", "../../../.."),
        *("http://example.com/a", "https://a:b@example.com/c", "../a\r", "../a b"),
    ],
)
def test_what_is_refused(url: str) -> None:
    with pytest.raises(Stopped):
        locate(url, PARENT, ("https", "file"))
