"""Content types by name."""

import pytest

from thakur.proxy.mime import content_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("A.CSS", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("x.wasm", "application/wasm"),
        ("archive.tar.gz", "application/gzip"),
        ("LICENSE", "application/octet-stream"),
        ("x.unknown", "application/octet-stream"),
    ],
)
def test_a_name_stands_for_a_type(name, kind):
    assert content_type(name) == kind
