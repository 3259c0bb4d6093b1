"""Codes and old tokens become new tokens. What is wrong is told with status 200, as GitHub does."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from thakur.fakegithub.oauth.devices import DEVICE_GRANT, Devices
from thakur.fakegithub.oauth.grants import REFRESH_LIFE, TOKEN_LIFE, UserToken
from thakur.fakegithub.state import FakeApp, State

DESCRIPTIONS = {
    "bad_verification_code": "The code passed is incorrect or expired.",
    "redirect_uri_mismatch": "The redirect_uri MUST match the registered callback URL for this application.",
    "incorrect_client_credentials": "The client_id and/or client_secret passed are incorrect.",
    "bad_refresh_token": "The refresh token passed is incorrect or expired.",
    "unsupported_grant_type": "The grant type is not supported.",
    "authorization_pending": "The authorization request is still pending.",
    "slow_down": "Too many requests have been made in the same timeframe.",
    "expired_token": "This 'device_code' has expired.",
    "access_denied": "The authorization request was denied.",
    "incorrect_device_code": "The device_code provided is not valid.",
    "device_flow_disabled": "Device Flow must be explicitly enabled for this App",
}
ERROR_URI = "https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors"


class ExchangeRoutes:
    """The one address of all grants."""

    def __init__(self, state: State, devices: Devices) -> None:
        self._state = state
        self._devices = devices

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/login/oauth/access_token", self.exchange)]

    async def exchange(self, request: web.Request) -> web.Response:
        asked = await asked_in(request)
        found = self._found(asked)
        return answered(request, token_shown(found) if isinstance(found, UserToken) else wrong(found))

    def _found(self, asked: Mapping[str, str]) -> UserToken[FakeApp] | str:
        every = self._state.apps.values()
        app = next((each for each in every if each.client_id == asked.get("client_id")), None)
        if app is None:
            return "incorrect_client_credentials"
        if asked.get("grant_type") == DEVICE_GRANT:
            return self._devices.exchange(app, asked.get("device_code", ""))
        if asked.get("client_secret") != app.client_secret:
            return "incorrect_client_credentials"
        match asked.get("grant_type", "authorization_code"):
            case "authorization_code":
                return self._state.grants.exchange(
                    app, asked.get("code", ""), asked.get("redirect_uri", ""), asked.get("code_verifier", "")
                )
            case "refresh_token":
                return self._state.grants.refresh(app, asked.get("refresh_token", ""))
            case _:
                return "unsupported_grant_type"


def token_shown(token: UserToken[FakeApp]) -> dict[str, Any]:
    """What an App is given; nothing of an end when there is none."""
    told: dict[str, Any] = {"access_token": token.text, "token_type": "bearer", "scope": ""}
    if token.expires_at is not None:
        told |= {
            "expires_in": int(TOKEN_LIFE.total_seconds()),
            "refresh_token": token.refresh_text,
            "refresh_token_expires_in": int(REFRESH_LIFE.total_seconds()),
        }
    return told


def wrong(error: str) -> dict[str, Any]:
    return {"error": error, "error_description": DESCRIPTIONS[error], "error_uri": ERROR_URI}


async def asked_in(request: web.Request) -> dict[str, str]:
    """What was asked, in whichever of the three ways."""
    asked = dict(request.query)
    if request.content_type == "application/json":
        body = await request.json()
        return asked | {str(name): str(value) for name, value in body.items()}
    return asked | {name: str(value) for name, value in (await request.post()).items()}


def answered(request: web.Request, told: dict[str, Any]) -> web.Response:
    """JSON for those who ask for it, and a form for everybody else."""
    if "json" in request.headers.get("Accept", ""):
        return web.json_response(told)
    return web.Response(text=urlencode(told), content_type="application/x-www-form-urlencoded")
