"""Content types by name."""

import pytest

from thakur.proxy.dataplane.static.mime import content_type


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("index.html", "text/html; charset=utf-8"),
        ("A.CSS", "text/css; charset=utf-8"),
        ("app.js", "text/javascript; charset=utf-8"),
        ("app.mjs", "text/javascript; charset=utf-8"),
        ("app.js.map", "application/json"),
        ("x.wasm", "application/wasm"),
        ("site.webmanifest", "application/manifest+json"),
        ("a.b/photo.avif", "image/avif"),
        ("font.woff2", "font/woff2"),
        ("feed.xml", "text/xml; charset=utf-8"),
        ("robots.txt", "text/plain; charset=utf-8"),
        ("archive.tar.gz", "application/gzip"),
        (".well-known/apple-app-site-association", "application/json"),
        ("LICENSE", "application/octet-stream"),
        ("html", "application/octet-stream"),
        ("a.js/b", "application/octet-stream"),
        ("x.unknown", "application/octet-stream"),
    ],
)
def test_a_name_stands_for_a_type(name: str, kind: str) -> None:
    assert content_type(name) == kind
