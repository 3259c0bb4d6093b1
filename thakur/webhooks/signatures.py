"""Signatures of webhooks, over the bytes as they came. Pure."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from typing import TypeVar

_FORM = re.compile(rb"sha256=([0-9a-f]{64})")

App = TypeVar("App")


def claimed(values: list[bytes]) -> bytes | None:
    """The digest that a request claims, if it brings exactly one signature of the one form that is taken."""
    found = _FORM.fullmatch(values[0]) if len(values) == 1 else None
    return found[1] if found else None


def signer(body: bytes, digest: bytes, secrets: Iterable[tuple[App, bytes]]) -> App | None:
    """Whose secret has signed the body; every secret is tried, so the time says nothing."""
    found: App | None = None
    for app, secret in secrets:
        if hmac.compare_digest(hmac.new(secret, body, hashlib.sha256).hexdigest().encode(), digest) and found is None:
            found = app
    return found
