"""What GitHub sends beside the body of an event."""

import hashlib
import hmac

from thakur.fakegithub.state import FakeApp


def signed_headers(app: FakeApp, event: str, guid: str, body: bytes, secret: str = "") -> dict[str, str]:
    """Signed by the App's secret, or by another."""
    digest = hmac.new((secret or app.webhook_secret).encode(), body, hashlib.sha256).hexdigest()
    return {
        "Accept": "*/*",
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-ID": str(app.hook_id),
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature-256": f"sha256={digest}",
    }
