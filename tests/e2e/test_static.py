"""A static site as a browser meets it: compressed, cached, and with open tabs during a deploy."""

import gzip
from pathlib import Path

import pytest
from backports import zstd

from support.server import Server
from support.waiting import wait_until

BROWSER = {"Accept_Encoding": "gzip, deflate, br, zstd"}
OLD, NEW = "/assets/index-GpEN3EET.js", "/assets/index-D64VDMd1.js"


def site(folder: Path, script: str) -> str:
    """What a bundler writes: a page that names its script; returns the script."""
    text = f"console.log({script!r});\n" * 200
    (folder / "assets").mkdir(parents=True, exist_ok=True)
    for path in (folder / "assets").iterdir():
        path.unlink()
    (folder / script[1:]).write_text(text)
    (folder / "style.css").write_text("body { margin: 0 }")
    (folder / "index.html").write_text(f'<!doctype html><script type="module" src="{script}"></script>')
    return text


@pytest.mark.quick
def test_an_open_tab_keeps_its_scripts_and_gets_them_compressed(server: Server, tmp_path: Path) -> None:
    old = site(tmp_path, OLD)
    server.deploy(tmp_path, "tabs")
    for accepted, coding, unpack in (("gzip", "gzip", gzip.decompress), ("gzip, zstd", "zstd", zstd.decompress)):
        answer = server.get("tabs", OLD, Accept_Encoding=accepted)
        assert (answer.status, answer.headers["content-encoding"]) == (200, coding)
        assert unpack(answer.body).decode() == old
        assert len(answer.body) < len(old) / 5

    page = server.get("tabs").headers["etag"]
    style = server.get("tabs", "/style.css").headers["etag"]
    new = site(tmp_path, NEW)
    server.deploy(tmp_path, "tabs")

    assert server.get("tabs", NEW).text == new
    kept = server.get("tabs", OLD, **BROWSER)
    assert (kept.status, kept.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")
    assert zstd.decompress(kept.body).decode() == old
    assert NEW in server.get("tabs", If_None_Match=page).text
    assert server.get("tabs", "/style.css", If_None_Match=style).status == 304
    assert server.get("tabs").headers["cache-control"] == "public, max-age=0, must-revalidate"
    server.run("rollback", "--project", "tabs")
    assert server.get("tabs", NEW).text == new
    assert server.get("tabs", OLD).text == old

    (project,) = (path for path in (server.data_dir / "artifacts").iterdir() if (path / ".assets").is_dir())
    server.run("projects", "delete", "tabs", "--yes")
    wait_until(lambda: not project.exists(), 20)
