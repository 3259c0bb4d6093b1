"""Rendering: a template and what it shows become a page, or the one part of it that was asked for."""

import gzip
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from litestar import Request, Response
from markupsafe import Markup

from thakur.api.pages.parts import words
from thakur.api.pages.parts.ansi import coloured
from thakur.api.pages.parts.assets import asset_url
from thakur.api.pages.parts.browsers import browser
from thakur.api.pages.parts.icons import glyph, icon, sprite
from thakur.api.visits import csrf_token_in, masked

TEMPLATES = Path(__file__).parents[3] / "templates"
HTML = "text/html; charset=utf-8"
# Nothing inline, nothing from elsewhere: what a log line or a commit message smuggles in is never run.
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


def _policy(more: Mapping[str, str]) -> str:
    return "; ".join(f"{what} {whence}" for what, whence in (POLICY | dict(more)).items())


HEADERS = {
    "content-security-policy": _policy({}),
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "HX-Request, Accept-Encoding",
}
# Above that a page is barely smaller, and takes twice as long.
GZIP_LEVEL = 5


def page(
    request: Request[Any, Any, Any],
    template: str,
    context: Mapping[str, object],
    *,
    fragments: Mapping[str, str] | None = None,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The whole page; for htmx the fragment whose element it names, if `fragments` has a partial for that id."""
    wanted = request.headers.get("hx-target", "").rpartition("#")[2] if request.headers.get("hx-request") else ""
    partial = (fragments or {}).get(wanted)
    text = rendered(partial or template, reader(request) | dict(context))
    return html(request, text, status_code=status_code, headers=headers)


def html(
    request: Request[Any, Any, Any],
    text: str,
    *,
    status_code: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response[bytes]:
    """The answer that holds the text, compressed for who takes that. No secret stands in it unmasked (decision 0014)."""
    content, sent = text.encode(errors="replace"), HEADERS | dict(headers or {})
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, sent = gzip.compress(content, GZIP_LEVEL, mtime=0), sent | {"content-encoding": "gzip"}
    return Response(content, status_code=status_code, media_type=HTML, headers=sent)


def posting_to(origin: str) -> dict[str, str]:
    """The header of the one page whose form may lead to another site as well."""
    return {"content-security-policy": _policy({"form-action": f"'self' {origin}"})}


def reader(request: Request[Any, Any, Any]) -> dict[str, object]:
    """What forms of a page need to know of its reader: the token that says that they came from here."""
    token = csrf_token_in(request.scope)
    return {"csrf_token": masked(token) if token else ""}


def rendered(template: str, context: Mapping[str, object]) -> str:
    """The template's text."""
    now = datetime.now(UTC)
    tools = {
        "icon": icon,
        "glyph": glyph,
        "sprite": sprite,
        "ago": lambda at: words.ago(at, now),
        "version": version("thakur-deploy"),
    }
    return _environment().get_template(template).render(tools | dict(context))


def time(at: datetime, text: str) -> Markup:
    """A moment, told as `text`; the whole of it on hover."""
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        at.astimezone(UTC).isoformat(timespec="seconds"), words.moment(at), text
    )


def stamped(at: datetime) -> Markup:
    """The time of a line of a log, `11:52:04.137` in UTC. Written once for both, because a page has 500."""
    exact = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return Markup(f'<time datetime="{exact}">{exact[11:23]}</time>')  # noqa: S704  (digits alone)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.globals |= {"asset_url": asset_url, "time": time}
    environment.filters |= {
        "date": words.date,
        "moment": words.moment,
        "duration": words.duration,
        "number": words.number,
        "size": words.size,
        "counted": words.counted,
        "coded": words.coded,
        "browser": browser,
        # Filters, because the template of a line is gone through 500 times a page, and a call costs three times as much.
        "stamped": stamped,
        "coloured": coloured,
    }
    return environment
