import hashlib
import json
from pathlib import Path

from thakur.api.pages.parts.assets import ROOT, asset_url

VENDOR = ROOT / "vendor"


def test_what_comes_from_others_is_byte_for_byte_what_they_released():
    told = {
        name: file["sha256"]
        for package in json.loads((VENDOR / "vendor.json").read_text()).values()
        for name, file in package["files"].items()
    }

    assert told == {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in VENDOR.glob("*.js")}


async def test_a_file_is_kept_for_ever_under_its_own_digest_only(client):
    url = asset_url("app.css")
    stale = url.replace(Path(url).parts[2], "0" * 12)

    assert (await client.get(url)).headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await client.get(stale)).headers["cache-control"] == "no-cache"


async def test_a_file_comes_zipped_to_who_takes_it(client):
    answer = await client.get(asset_url("app.css"), headers={"accept-encoding": "gzip"})

    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == (ROOT / "app.css").read_bytes()


async def test_static_files_are_for_everybody_and_nothing_above_them_is(stranger):
    assert (await stranger.get(asset_url("app.css"))).status_code == 200
    assert (await stranger.get("/static/x/../../settings/server.py")).status_code in (401, 404)
    assert (await stranger.get("/static/x/%2e%2e/%2e%2e/settings/server.py")).status_code in (401, 404)
