"""From a path to a name, and from a name to the files that may answer it."""

import pytest

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static.naming import candidates, file_name, is_route, location, sibling


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (b"/", ""),
        (b"/a/./b//c", "a/b/c"),
        (b"/a/b/..", "a/"),
        (b"/a/%2E/", "a/"),
        (b"/%E2%82%AC/%c3%a4", "€/ä"),
        (b"/a%20b+c%2Bd", "a b+c+d"),
        (b"/a%2fb", "a/b"),
        (b"/100%25", "100%"),
        (b"/.well-known/acme-challenge/x", ".well-known/acme-challenge/x"),
    ],
)
def test_a_path_means_a_name(path: bytes, name: str) -> None:
    assert file_name(path) == name


@pytest.mark.parametrize(
    "path",
    [b"/..", b"/a/../..", b"/%2e%2e/a", b"/..%2fa", b"*", b"/%", b"/%4", b"/%zz", b"/%00", b"/%ff", b"/%c0%af",
     b"/.env", b"/.git/config", b"/%2egit/config", b"/a/.hidden", b"/a/.well-known/x"],
)  # fmt: skip
def test_what_leaves_the_folder_is_no_name_or_is_hidden_is_refused(path: bytes) -> None:
    with pytest.raises(Refused):
        file_name(path)


def test_a_name_is_a_file_or_a_page_and_with_a_slash_a_directory() -> None:
    assert candidates("") == ("index.html",)
    assert candidates("a/") == ("a/index.html",)
    assert candidates("a/b") == ("a/b", "a/b.html")


def test_the_other_slash_is_another_file() -> None:
    assert sibling("") is None
    assert sibling("a/b") == ("a/b/index.html", "a/b/")
    assert sibling("a/b/") == ("a/b.html", "a/b")


def test_a_location_is_a_path_of_this_host_with_its_query() -> None:
    assert location("a/b/", b"") == b"/a/b/"
    assert location("ä b/100%?#", b"x=%20&y=/") == b"/%C3%A4%20b/100%25%3F%23?x=%20&y=/"
    assert location("a\r\nb", b"") == b"/a%0D%0Ab"


@pytest.mark.parametrize("name", ["", "a/b", "users/ada.lovelace", "v1.2", "pkg/left-pad@1.3.0", "a.b/c"])
def test_a_view_of_an_application_names_no_kind_of_file(name: str) -> None:
    assert is_route(name)


@pytest.mark.parametrize("name", ["a.js", "a/logo.PNG", "favicon.ico", "data.json", "a.b/c.woff2", "app.js.map"])
def test_a_missing_file_is_no_view(name: str) -> None:
    assert not is_route(name)
