"""Who may ask what: every route of the router with the action that it needs, and what to send there.

A new route is entered here, or tests/test_house.py fails; tests/api/test_rights.py walks over all of them as everybody.
"""

from collections.abc import Iterator
from typing import Any

from litestar import Litestar

from thakur.accounts import Action

# Needs nobody; needs somebody, whoever it is.
OPEN, KNOWN = "open", "known"
JSON, FORM, UPLOAD = "application/json", "application/x-www-form-urlencoded", "application/zstd"

P, T = "/api/v1/projects", "/api/v1/teams"
PAGE = "/projects/{name}"
RIGHTS: dict[tuple[str, str], tuple[Any, ...]] = {
    ("GET", "/up"): (OPEN,),
    ("GET", "/ready"): (OPEN,),
    ("GET", "/static/{digest}/{name}"): (OPEN,),
    ("GET", "/login"): (OPEN,),
    ("GET", "/login/link/{secret}"): (OPEN,),
    ("POST", "/login/link/{secret}"): (OPEN, FORM, "name=ada"),
    ("POST", "/api/v1/devices"): (OPEN, JSON, {"name": "laptop"}),
    ("POST", "/api/v1/devices/collection"): (OPEN, JSON, {"device": "unknown"}),
    ("GET", "/"): (KNOWN,),
    ("GET", "/projects"): (KNOWN,),
    ("GET", "/projects/events"): (KNOWN,),
    ("GET", "/edges"): (KNOWN,),
    ("GET", "/edges/events"): (KNOWN,),
    ("GET", "/jump"): (KNOWN,),
    ("GET", "/audit"): (Action.READ_AUDIT,),
    ("GET", "/account"): (KNOWN,),
    ("POST", "/account/tokens"): (Action.MANAGE_ACCOUNT, FORM, "name=more&scope=read&days=30"),
    ("POST", "/account/tokens/revocation"): (Action.MANAGE_ACCOUNT, FORM, "name=ghost"),
    ("POST", "/account/sessions/end"): (Action.MANAGE_ACCOUNT, FORM, "session=1"),
    ("GET", "/team"): (KNOWN,),
    ("POST", "/team"): (Action.CREATE_TEAM, FORM, "name=fourth"),
    ("POST", "/team/choice"): (KNOWN, FORM, ""),
    ("POST", "/team/invitations"): (Action.MANAGE_MEMBERS, FORM, "role=viewer"),
    ("POST", "/team/invitations/withdrawal"): (Action.MANAGE_MEMBERS, FORM, "invitation=1"),
    ("POST", "/team/members/role"): (Action.MANAGE_MEMBERS, FORM, "user=ghost&role=viewer"),
    ("POST", "/team/members/removal"): (Action.MANAGE_MEMBERS, FORM, "user=ghost"),
    ("GET", "/projects/new"): (KNOWN,),
    ("POST", "/projects/new"): (Action.CREATE_PROJECT, FORM, "name=fresh"),
    ("POST", "/projects/new/plan"): (Action.CREATE_PROJECT, FORM, "url=nonsense"),
    ("POST", "/projects/new/git"): (Action.CONFIGURE, FORM, "url=nonsense&name=fresh"),
    ("POST", "/account/theme"): (KNOWN, FORM, "theme=dark"),
    ("POST", "/account/keys"): (KNOWN, FORM, "keys=off"),
    ("POST", "/logout"): (KNOWN,),
    ("GET", "/device"): (KNOWN,),
    ("POST", "/device"): (Action.MANAGE_ACCOUNT, FORM, "code=unknown&answer=allow"),
    ("GET", "/api/v1/me"): (KNOWN,),
    ("PUT", "/api/v1/me/team"): (KNOWN, JSON, {"team": "nowhere"}),
    ("GET", "/api/v1/sessions"): (KNOWN,),
    ("DELETE", "/api/v1/sessions"): (Action.MANAGE_ACCOUNT,),
    ("DELETE", "/api/v1/sessions/{session_id}"): (Action.MANAGE_ACCOUNT,),
    ("GET", "/api/v1/audit"): (Action.READ_AUDIT,),
    ("GET", "/api/v1/edges"): (KNOWN,),
    ("GET", "/api/v1/openapi.json"): (KNOWN,),
    ("POST", "/api/v1/plans"): (Action.CREATE_PROJECT, JSON, {"git_url": "ftp://git.example/shop"}),
    ("GET", "/api/v1/tokens"): (KNOWN,),
    ("POST", "/api/v1/tokens"): (Action.MANAGE_ACCOUNT, JSON, {"name": "more"}),
    ("DELETE", "/api/v1/tokens/{token}"): (Action.MANAGE_ACCOUNT,),
    ("GET", T): (KNOWN,),
    ("POST", T): (Action.CREATE_TEAM, JSON, {"name": "third"}),
    ("GET", f"{T}/{{team}}/members"): (Action.READ,),
    ("PATCH", f"{T}/{{team}}/members/{{user}}"): (Action.MANAGE_MEMBERS, JSON, {"role": "viewer"}),
    ("DELETE", f"{T}/{{team}}/members/{{user}}"): (Action.MANAGE_MEMBERS,),
    ("GET", f"{T}/{{team}}/invitations"): (Action.MANAGE_MEMBERS,),
    ("POST", f"{T}/{{team}}/invitations"): (Action.MANAGE_MEMBERS, JSON, {"role": "viewer"}),
    ("DELETE", f"{T}/{{team}}/invitations/{{invitation}}"): (Action.MANAGE_MEMBERS,),
    ("GET", P): (KNOWN,),
    ("POST", P): (Action.CREATE_PROJECT, JSON, {"name": "another"}),
    ("GET", f"{P}/{{name}}"): (Action.READ,),
    ("PATCH", f"{P}/{{name}}"): (Action.CONFIGURE, JSON, {}),
    ("DELETE", f"{P}/{{name}}"): (Action.DELETE_PROJECT,),
    ("GET", f"{P}/{{name}}/env"): (Action.READ,),
    ("PATCH", f"{P}/{{name}}/env"): (Action.CONFIGURE, JSON, {"values": {"A": "1"}}),
    ("POST", f"{P}/{{name}}/env"): (Action.CONFIGURE, JSON, {"text": "A=1"}),
    ("POST", f"{P}/{{name}}/env/preview"): (Action.CONFIGURE, JSON, {"text": "A=1"}),
    ("PUT", f"{P}/{{name}}/env/{{key}}"): (Action.CONFIGURE, JSON, {"value": "1"}),
    ("DELETE", f"{P}/{{name}}/env/{{key}}"): (Action.CONFIGURE,),
    ("GET", "/api/v1/github/apps"): (KNOWN,),
    ("POST", "/api/v1/github/apps"): (
        Action.MANAGE_GITHUB,
        JSON,
        {"app_id": 1, "client_id": "a", "client_secret": "b", "private_key": "no key", "webhook_secret": "c" * 32},
    ),
    ("PUT", f"{P}/{{name}}/github"): (Action.CONFIGURE, JSON, {"repository": "ada/shop"}),
    ("PATCH", f"{P}/{{name}}/github"): (Action.CONFIGURE, JSON, {"filters": {"wait_for_checks": True}}),
    ("POST", f"{P}/{{name}}/github/deployments"): (Action.DEPLOY, JSON, {}),
    ("PUT", f"{P}/{{name}}/repository"): (Action.CONFIGURE, JSON, {"git_url": "https://github.com/ada/shop"}),
    ("DELETE", f"{P}/{{name}}/repository"): (Action.CONFIGURE,),
    ("DELETE", f"{P}/{{name}}/cache"): (Action.DEPLOY,),
    ("GET", f"{P}/{{name}}/builds"): (Action.READ,),
    ("POST", f"{P}/{{name}}/builds"): (Action.DEPLOY, UPLOAD, "no upload"),
    ("GET", f"{P}/{{name}}/builds/{{number}}"): (Action.READ,),
    ("POST", f"{P}/{{name}}/builds/{{number}}/cancellation"): (Action.DEPLOY,),
    ("GET", f"{P}/{{name}}/builds/{{number}}/logs"): (Action.READ,),
    ("DELETE", f"{P}/{{name}}/builds/{{number}}/logs"): (Action.CLEAR_LOGS,),
    ("GET", f"{P}/{{name}}/logs"): (Action.READ,),
    ("DELETE", f"{P}/{{name}}/logs"): (Action.CLEAR_LOGS,),
    ("GET", f"{P}/{{name}}/domains"): (Action.READ,),
    ("GET", f"{P}/{{name}}/replicas"): (Action.READ,),
    ("GET", f"{P}/{{name}}/deployments"): (Action.READ,),
    ("POST", f"{P}/{{name}}/deployments"): (Action.DEPLOY, JSON, {"from": 1}),
    ("GET", f"{P}/{{name}}/deployments/{{number}}"): (Action.READ,),
    ("GET", f"{P}/{{name}}/deployments/{{number}}/logs"): (Action.READ,),
    ("POST", f"{P}/{{name}}/deployments/{{number}}/rollback"): (Action.DEPLOY,),
    ("POST", f"{P}/{{name}}/deployments/{{number}}/restart"): (Action.DEPLOY,),
    ("POST", f"{P}/{{name}}/deployments/{{number}}/cancellation"): (Action.DEPLOY,),
    ("GET", f"{PAGE}"): (Action.READ,),
    ("GET", f"{PAGE}/events"): (Action.READ,),
    ("GET", f"{PAGE}/deployments"): (Action.READ,),
    ("GET", f"{PAGE}/deployments/events"): (Action.READ,),
    ("GET", f"{PAGE}/deployments/{{number}}"): (Action.READ,),
    ("GET", f"{PAGE}/deployments/{{number}}/events"): (Action.READ,),
    ("GET", f"{PAGE}/deployments/{{number}}/log"): (Action.READ,),
    ("GET", f"{PAGE}/deployments/{{number}}/log.txt"): (Action.READ,),
    ("POST", f"{PAGE}/deployments"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/deployments/{{number}}/rollback"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/deployments/{{number}}/redeploy"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/deployments/{{number}}/restart"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/deployments/{{number}}/cancellation"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/deployments/{{number}}/log/clearing"): (Action.CLEAR_LOGS,),
    ("GET", f"{PAGE}/logs"): (Action.READ,),
    ("GET", f"{PAGE}/logs/events"): (Action.READ,),
    ("GET", f"{PAGE}/logs/lines"): (Action.READ,),
    ("GET", f"{PAGE}/logs/lines.txt"): (Action.READ,),
    ("POST", f"{PAGE}/logs/clearing"): (Action.CLEAR_LOGS,),
    ("GET", f"{PAGE}/domains"): (Action.READ,),
    ("GET", f"{PAGE}/env"): (Action.READ,),
    ("POST", f"{PAGE}/env"): (Action.CONFIGURE, FORM, "name=A&value=1"),
    ("POST", f"{PAGE}/env/preview"): (Action.CONFIGURE, FORM, "dotenv=A=1"),
    ("POST", f"{PAGE}/env/unsetting"): (Action.CONFIGURE, FORM, "name=A"),
    ("GET", f"{PAGE}/settings"): (Action.READ,),
    ("POST", f"{PAGE}/settings"): (Action.CONFIGURE, FORM, "health_path=/up"),
    ("POST", f"{PAGE}/settings/github"): (Action.CONFIGURE, FORM, "wait_for_checks=on"),
    ("POST", f"{PAGE}/github/deployments"): (Action.DEPLOY, FORM, ""),
    ("POST", f"{PAGE}/settings/cache"): (Action.DEPLOY,),
    ("POST", f"{PAGE}/settings/deletion"): (Action.DELETE_PROJECT, FORM, "retyped=another"),
}


def routes(app: Any) -> Iterator[tuple[str, str]]:
    while not isinstance(app, Litestar):
        app = app._app
    for route in app.routes:
        path = "".join(f"/{{{part.name}}}" if hasattr(part, "name") else f"/{part}" for part in route.path_components)
        for method in route.methods - {"HEAD", "OPTIONS"}:
            yield method, path or "/"
