"""OAuth: a person lets an App act for them; the code that their browser brings back becomes a token, and that one the next.

The protocol's own functions are Authlib's; of its clients none speaks aiohttp.
"""

import asyncio
import base64
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from thakur.github.interface import GitHubUnavailable, GrantRefused, UserToken
from thakur.github.sites import Site

ANSWER_SECONDS = 10.0
ANSWER_BYTES = 64 * 1024
HEADERS = {"Accept": "application/json", "User-Agent": "thakur-deploy"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# GitHub's word for a client that it does not know; its page of a client that is gone has no JSON.
CLIENT_UNKNOWN = "incorrect_client_credentials"


class _Answer(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str = ""
    refresh_token: str = ""
    expires_in: int | None = None
    refresh_token_expires_in: int | None = None
    error: str = ""


class OAuth:
    """One App's way to the tokens of people."""

    def __init__(self, site: Site, client_id: str, client_secret: str) -> None:
        self.site = site
        self._client_id = client_id
        self._client_secret = client_secret

    def authorize_url(self, redirect_uri: str, state: str, verifier: str) -> str:
        """Where the browser goes to ask the person; it comes back to `redirect_uri` with the `state`."""
        return str(
            prepare_grant_uri(
                f"{self.site.web_url}/login/oauth/authorize",
                self._client_id,
                "code",
                redirect_uri,
                state=state,
                code_challenge=create_s256_code_challenge(verifier),
                code_challenge_method="S256",
            )
        )

    async def exchange(self, code: str, redirect_uri: str, verifier: str) -> UserToken:
        """The token for a code, which is good once. Raises GrantRefused, GitHubUnavailable."""
        fields = {"code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        return await self._granted("authorization_code", fields)

    async def refresh(self, refresh_token: str) -> UserToken:
        """The token after it; the two before open nothing from now on. Raises GrantRefused, GitHubUnavailable."""
        return await self._granted("refresh_token", {"refresh_token": refresh_token})

    async def revoke(self, access_token: str) -> None:
        """End the token now. One that has ended is as good. Raises GitHubUnavailable."""
        pair = f"{self._client_id}:{self._client_secret}"
        headers = {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        url = f"{self.site.api_url}/applications/{self._client_id}/token"
        await self._exchange("DELETE", url, msgspec.json.encode({"access_token": access_token}), headers)

    async def _granted(self, grant: str, fields: dict[str, str]) -> UserToken:
        client = {"client_id": self._client_id, "client_secret": self._client_secret}
        body = prepare_token_request(grant, **client, **fields)
        status, raw = await self._exchange("POST", f"{self.site.web_url}/login/oauth/access_token", body.encode(), FORM)
        if status == 404:
            raise _refusal(CLIENT_UNKNOWN)
        try:
            # Refusals come with 200 too.
            answer = msgspec.json.decode(raw, type=_Answer)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise GitHubUnavailable(f"it answers a sign-in with {status} and no JSON of it", 5.0) from error
        if answer.error or not answer.access_token:
            raise _refusal(answer.error)
        return UserToken(
            access_token=answer.access_token,
            refresh_token=answer.refresh_token,
            expires_at=_end(answer.expires_in),
            refresh_expires_at=_end(answer.refresh_token_expires_in),
        )

    async def _exchange(self, method: str, url: str, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        session: Any = aiohttp.ClientSession(
            timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=url.startswith("https:")
        )
        try:
            async with (
                session,
                session.request(method, url, data=body, headers=HEADERS | headers, allow_redirects=False) as answer,
            ):
                raw = await answer.content.read(ANSWER_BYTES)
                while len(raw) < ANSWER_BYTES and (more := await answer.content.read(ANSWER_BYTES)):
                    raw += more
                status = answer.status
        except (aiohttp.ClientError, TimeoutError, asyncio.IncompleteReadError, OSError) as error:
            # Not its text, which may hold the address and what was sent to it.
            raise GitHubUnavailable(f"it does not answer ({type(error).__name__})", 5.0) from None
        if status >= 500 or status == 429:
            raise GitHubUnavailable(f"it answered {status}", 30.0 if status == 429 else 5.0)
        return status, raw


def _end(seconds: int | None) -> datetime | None:
    # Counted from now by this clock, so that GitHub's may differ.
    return None if seconds is None else datetime.now(UTC) + timedelta(seconds=seconds)


def _refusal(reason: str) -> GrantRefused:
    shown = reason if reason.replace("_", "").isalnum() and reason.isascii() else "unknown"
    return GrantRefused(shown[:60])
