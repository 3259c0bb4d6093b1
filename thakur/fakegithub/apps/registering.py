"""Apps come and go: by hand, by a manifest whose code is worth its secrets once, and by deletion."""

import re
import secrets
from datetime import datetime, timedelta
from typing import Any

from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.apps.manifest import Manifest
from thakur.fakegithub.events.apps import ping_event
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeApp, State

CODE_LIFE = timedelta(hours=1)


class Registering:
    """Keeps the codes that browsers carry."""

    def __init__(self, state: State, hooks: Hooks, installing: Installing, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._installing = installing
        self._web_url = web_url
        self._codes: dict[str, tuple[FakeApp, datetime]] = {}

    def add(self, slug: str, hook_url: str, owner: FakeAccount, **more: Any) -> FakeApp:
        """A new App; a ping goes to its webhook's address."""
        app = FakeApp(self._state.new_id(), slug, hook_url, owner, **more)
        self._state.apps[app.id] = app
        if hook_url:
            self._hooks.to_app(app, "ping", ping_event(app, self._web_url))
        return app

    def from_manifest(self, manifest: Manifest, owner: FakeAccount) -> tuple[FakeApp, str]:
        """The App, and the code that is worth its secrets once, for an hour."""
        hook = manifest.hook_attributes
        app = self.add(
            slug_of(manifest.name),
            hook.url if hook is not None and hook.active else "",
            owner,
            name=manifest.name,
            description=manifest.description or None,
            external_url=manifest.url,
            callback_urls=list(manifest.callback_urls),
            setup_url="" if manifest.request_oauth_on_install else manifest.setup_url,
            is_public=manifest.public,
            is_told_of_updates=manifest.setup_on_update,
            asks_user_on_install=manifest.request_oauth_on_install,
            permissions={"metadata": "read"} | manifest.default_permissions,
            events=list(manifest.default_events),
        )
        code = secrets.token_hex(20)
        self._codes[code] = (app, self._state.now() + CODE_LIFE)
        return app, code

    def convert(self, code: str) -> FakeApp | None:
        """The App of the code, once."""
        app, expires_at = self._codes.pop(code, (None, self._state.now()))
        return app if expires_at > self._state.now() else None

    def ask_for(self, app: FakeApp, permissions: dict[str, str]) -> None:
        """From now on; where it is installed, what was granted stays until somebody accepts the new."""
        for each in self._state.installations.values():
            if each.app is app and each.accepted is None:
                each.accepted = dict(app.permissions)
        app.permissions = {"metadata": "read"} | permissions

    def is_taken(self, name: str) -> bool:
        return any(each.slug == slug_of(name) for each in self._state.apps.values())

    def delete(self, app: FakeApp, by: FakeAccount) -> None:
        """It is gone, from wherever it was installed; nobody is told but by what it can do no more."""
        for each in [each for each in self._state.installations.values() if each.app is app]:
            self._installing.uninstall(each, by)
        for user in self._state.people.users:
            self._state.grants.revoke(app, user)
        del self._state.apps[app.id]


def slug_of(name: str) -> str:
    """A name as it is in addresses."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
