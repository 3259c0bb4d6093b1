"""A walk over every route, as everybody: who is let do what."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from support.api_place import Place, api_place
from support.rights import JSON, OPEN, RIGHTS
from thakur.accounts import Action, Principal, Role, TokenScope
from thakur.api import Entrance
from thakur.db import Database
from thakur.settings import Settings
from thakur.stores import StoreUrls

ASKERS: dict[str, tuple[str, Role, TokenScope]] = {
    "viewer": ("default", Role.VIEWER, TokenScope.ALL),
    "member": ("default", Role.MEMBER, TokenScope.ALL),
    "admin": ("default", Role.ADMIN, TokenScope.ALL),
    "owner": ("default", Role.OWNER, TokenScope.ALL),
    "owner by a token that may deploy": ("default", Role.OWNER, TokenScope.DEPLOY),
    "owner by a token that may read": ("default", Role.OWNER, TokenScope.READ),
    "owner of another team": ("others", Role.OWNER, TokenScope.ALL),
}
FOREIGN = {"project_not_found", "team_not_found"}


@pytest.fixture
async def place(committed_db: Database, stores: StoreUrls, settings: Settings) -> AsyncIterator[Place]:
    async with api_place(stores, settings, Entrance(is_loopback=True)) as made:
        yield made


async def ask(place: Place, method: str, path: str, right: tuple[Any, ...], secret: str | None) -> tuple[int, str]:
    """The status of the answer, and its code where it is a problem."""
    kind, body = (*right[1:], None, None)[:2]
    content = json.dumps(body) if kind == JSON else body
    headers = {"content-type": kind} if kind else {}
    if secret:
        headers["authorization"] = f"Bearer {secret}"
    if "{name}" in path:
        # The request before may have deleted it.
        await place.project("shop")
    url = path.format(
        name="shop",
        number=1,
        key="A",
        team="default",
        user="ghost",
        token="ghost",
        invitation=1,
        allowance=1,
        identity=1,
        session_id=1,
        app_id=1,
        guid="unknown",
        label="git-unknown",
        secret="unknown",
        digest="0",
    )
    answer = await place.client.request(method, url, content=content, headers=headers, follow_redirects=False)
    is_problem = answer.headers.get("content-type", "") == "application/problem+json"
    return answer.status_code, answer.json()["code"] if is_problem else ""


async def test_a_stranger_is_let_in_nowhere_but_where_one_gets_in(place: Place):
    for (method, path), right in RIGHTS.items():
        status, _ = await ask(place, method, path, right, None)

        assert (status == 401) is (right[0] != OPEN), (method, path, status)


async def test_what_is_the_operator_s_is_not_there_for_the_owner(place: Place):
    secret = await place.token("default", Role.OWNER, TokenScope.ALL)

    for method, path in (("GET", "/api/v1/host"), ("POST", "/api/v1/login-links")):
        assert await ask(place, method, path, (OPEN, JSON, {}), secret) == (404, "not_found")


@pytest.mark.walk
@pytest.mark.parametrize("asker", ASKERS)
async def test_everybody_may_what_their_role_and_scope_say(place: Place, asker: str):
    team, role, scope = ASKERS[asker]
    secret = await place.token(team, role, scope)
    principal = Principal(actor="somebody", team_id=1, roles={1: role}, scope=scope)

    for (method, path), right in RIGHTS.items():
        status, code = await ask(place, method, path, right, secret)

        what = (method, path, status, code)
        is_there = team == "default" or not ("{name}" in path or "{team}" in path) or right[0] == OPEN
        assert status < 500 or path == "/up", what
        if not is_there:
            assert (status, code in FOREIGN) == (404, True), what
        elif isinstance(right[0], Action) and not principal.may(right[0], 1):
            assert (status, code or "action_forbidden") == (403, "action_forbidden"), what
        else:
            assert status not in (401, 403) or path == "/login/link/{secret}", what
            assert code not in FOREIGN or path == "/api/v1/me/team", what
