"""Static files at addresses that name their content, so that a browser may keep them for ever."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
from litestar import Request, Response, get
from litestar.params import FromPath

from thakur.errors import NotFound

ROOT = Path(__file__).parents[3] / "static"
FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
}


class Asset(msgspec.Struct, frozen=True):
    """One file, as it is sent."""

    name: str
    digest: str
    media_type: str
    content: bytes
    zipped: bytes


@cache
def assets() -> dict[str, Asset]:
    """Every static file, by its name below `static`. They come with the package, so they are read once."""
    found = {}
    for path in sorted(ROOT.rglob("*")):
        if path.suffix in _TYPES:
            content = path.read_bytes()
            name = str(path.relative_to(ROOT))
            digest = hashlib.sha256(content).hexdigest()[:12]
            found[name] = Asset(name, digest, _TYPES[path.suffix], content, gzip.compress(content, mtime=0))
    return found


def asset_url(name: str) -> str:
    """Where a page finds the file."""
    return f"/static/{assets()[name].digest}/{name}"


@get("/static/{digest:str}/{name:path}")
async def static_file(request: Request[Any, Any, Any], digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
    """A file of the dashboard's own; under a digest of another release it is the one of today, and not kept."""
    asset = assets().get(str(name).lstrip("/"))
    if asset is None:
        raise NotFound("There is nothing at this address")
    is_zipped = "gzip" in request.headers.get("accept-encoding", "")
    headers = {
        "cache-control": FOR_EVER if digest == asset.digest else "no-cache",
        "vary": "Accept-Encoding",
        "x-content-type-options": "nosniff",
    }
    if is_zipped:
        headers["content-encoding"] = "gzip"
    return Response(asset.zipped if is_zipped else asset.content, media_type=asset.media_type, headers=headers)


HANDLERS = [static_file]
