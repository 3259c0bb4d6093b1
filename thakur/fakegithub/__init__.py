"""A *stand-in* for GitHub on loopback: Apps, installations, tokens, repositories with real git, webhooks that are signed and kept.

For tests and demonstrations; nothing that serves ever imports it. To Thakur it is one more Enterprise Server.
"""

from thakur.fakegithub.server import FakeGitHub
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository

__all__ = ["FakeApp", "FakeGitHub", "FakeInstallation", "FakeRepository"]
