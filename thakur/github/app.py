"""A GitHub App: what it may ask for itself, and the tokens of its installations."""

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from thakur.github.interface import (
    AppFound,
    AppKey,
    CredentialsRefused,
    Delivery,
    Installation,
    InstallationToken,
    NotThere,
)
from thakur.github.rest import Answer, Rest
from thakur.github.signing import Signer
from thakur.github.tokens import Scope, Tokens

PAGE = 100
LONGEST_LIST = 50

T = TypeVar("T")


class App:
    """Asks as the App."""

    def __init__(self, key: AppKey, rest: Rest) -> None:
        self.key = key
        self.rest = rest
        self.tokens = Tokens(self._mint)
        self._signer = Signer(key)
        self._payer = f"app {key.app_id}"

    async def found(self) -> AppFound:
        """Itself, which proves its key. Raises CredentialsRefused."""
        return msgspec.convert((await self._ask("GET", "/app")).data, AppFound, strict=False)

    async def hook_url(self) -> str:
        """Where GitHub sends its events; empty when nowhere."""
        data = (await self._ask("GET", "/app/hook/config")).data
        return str(data.get("url") or "") if isinstance(data, dict) else ""

    async def set_hook(self, url: str, secret: str = "") -> None:
        """Have events sent there, and signed with another secret if one is given."""
        asked = {"url": url, "content_type": "json", "insecure_ssl": "0"} | ({"secret": secret} if secret else {})
        await self._ask("PATCH", "/app/hook/config", asked)

    async def installations(self) -> list[Installation]:
        """All of them."""
        return await self._listed(f"/app/installations?per_page={PAGE}", Installation)

    async def installation(self, installation_id: int) -> Installation | None:
        """It, or None when it is gone."""
        return await self._one(f"/app/installations/{installation_id}")

    async def installation_on(self, full_name: str) -> Installation | None:
        """The one that opens the repository, if any does."""
        return await self._one(f"/repos/{full_name}/installation")

    async def deliveries(self, since: datetime) -> list[Delivery]:
        """What GitHub has delivered, or tried to, newest first."""
        path, found = f"/app/hook/deliveries?per_page={PAGE}", list[Delivery]()
        for _ in range(LONGEST_LIST):
            answer = await self._ask("GET", path)
            page = msgspec.convert(answer.data, list[Delivery], strict=False)
            found += [each for each in page if each.delivered_at >= since]
            if not answer.next_url or (page and page[-1].delivered_at < since):
                break
            path = answer.next_url
        return found

    async def delivered(self, delivery_id: int) -> bytes:
        """The payload of a delivery, as JSON. Raises NotThere when it is kept no more."""
        data = (await self._ask("GET", f"/app/hook/deliveries/{delivery_id}")).data
        payload = (data.get("request") or {}).get("payload") if isinstance(data, dict) else None
        return msgspec.json.encode(payload)

    async def redeliver(self, delivery_id: int) -> None:
        """Have it sent again."""
        await self._ask("POST", f"/app/hook/deliveries/{delivery_id}/attempts")

    async def mint(self, scope: Scope) -> InstallationToken:
        """A token of its own, which nobody else is given."""
        return await self._mint(scope)

    async def revoke(self, token: str) -> None:
        """End it now. One that has ended is as good."""
        try:
            await self.rest.ask(self._payer, "DELETE", "/installation/token", token)
        except CredentialsRefused:
            return

    async def _mint(self, scope: Scope) -> InstallationToken:
        asked: dict[str, Any] = {}
        if scope.repository_ids:
            asked["repository_ids"] = scope.repository_ids
        if scope.permissions:
            asked["permissions"] = dict(scope.permissions)
        path = f"/app/installations/{scope.installation_id}/access_tokens"
        data = (await self._ask("POST", path, asked, is_repeatable=True)).data
        return msgspec.convert(data, InstallationToken, strict=False)

    async def _one(self, path: str) -> Installation | None:
        try:
            return msgspec.convert((await self._ask("GET", path)).data, Installation, strict=False)
        except NotThere:
            return None

    async def _listed(self, path: str, kind: type[T]) -> list[T]:
        found = list[T]()
        for _ in range(LONGEST_LIST):
            answer = await self._ask("GET", path)
            found += msgspec.convert(answer.data, list[kind], strict=False)  # type: ignore[valid-type]
            if not answer.next_url:
                break
            path = answer.next_url
        return found

    async def _ask(self, method: str, path: str, body: object = None, *, is_repeatable: bool | None = None) -> Answer:
        try:
            token = await self._signer.token()
            return await self.rest.ask(self._payer, method, path, token, body, is_repeatable=is_repeatable)
        except CredentialsRefused:
            # Its nine minutes may have passed on GitHub's clock alone.
            self._signer.forget()
            token = await self._signer.token()
            return await self.rest.ask(self._payer, method, path, token, body, is_repeatable=is_repeatable)
