"""Examples of those who ask: teams, members, tokens, sessions, devices, and what they did."""

from thakur.accounts import AuditEvent, Link, LinkKind, Member, Role, Session, Token, TokenScope
from thakur.api.described.examples.times import BEGAN, EARLIER, LATER
from thakur.api.resources.allowances import AllowanceAsked, AllowanceTakenOff, IdentityUnlinked
from thakur.api.resources.devices import DeviceAnswer, DeviceGiven, DeviceNamed, DeviceWaits
from thakur.api.resources.login_links import LinkAsked, LinkShown
from thakur.api.resources.me import Me, SessionEnded, SessionsEnded, TeamChosen
from thakur.api.resources.teams import (
    InvitationShown,
    InvitationWithdrawn,
    MemberRemoved,
    RoleAsked,
    TeamAsked,
    TeamShown,
)
from thakur.api.resources.tokens import TokenAsked, TokenRevoked, TokenShown
from thakur.identities import Allowance, Identity

DASHBOARD = "http://127.0.0.1:8000"
SECRET = "thk_…"  # noqa: S105  (an example)
ADDRESS = "203.0.113.7"

EXAMPLES = (
    Me(actor="ada", team="default", role=Role.OWNER, scope=TokenScope.DEPLOY, may=("read", "deploy")),
    TeamChosen(team="default"),
    TeamAsked(name="studio"),
    TeamShown(name="studio", role=Role.OWNER, created_at=BEGAN),
    Member(user="grace", role=Role.MEMBER, since=EARLIER),
    RoleAsked(role=Role.MEMBER),
    MemberRemoved(user="grace"),
    Link(id=3, kind=LinkKind.INVITATION, user=None, team="default", role=Role.MEMBER, made_by="ada", expires_at=LATER),
    InvitationShown(url=f"{DASHBOARD}/login/link/…", team="default", role=Role.MEMBER, expires_at=LATER),
    InvitationWithdrawn(id=3),
    TokenAsked(name="ci", scope=TokenScope.DEPLOY, expires_days=30),
    TokenShown(token=SECRET, name="ci", prefix="thk_f3a9", team="default", scope=TokenScope.DEPLOY, expires_at=LATER),
    Token(
        name="ci",
        prefix="thk_f3a9",
        team="default",
        made_by="ada",
        scope=TokenScope.DEPLOY,
        created_at=BEGAN,
        expires_at=LATER,
        used_at=None,
    ),
    TokenRevoked(name="ci"),
    Session(id=12, user_agent="Firefox on Linux", address=ADDRESS, created_at=EARLIER, used_at=BEGAN, is_current=True),
    SessionEnded(id=12),
    SessionsEnded(ended=2),
    AuditEvent(id=840, at=BEGAN, actor="ada", action="rollback", subject="shop 96", address=ADDRESS),
    DeviceNamed(name="laptop"),
    DeviceWaits(
        device="…", code="BDWP-HQPK", url=f"{DASHBOARD}/device?code=BDWP-HQPK", interval_seconds=2, expires_at=LATER
    ),
    DeviceGiven(device="…"),
    DeviceAnswer(status="allowed", token=SECRET, name="laptop", team="default"),
    AllowanceAsked(name="acme/web", role=Role.VIEWER),
    Allowance(
        id=5,
        web_url="https://github.com",
        kind="team",
        name="acme/web",
        role=Role.VIEWER,
        made_by="ada",
        created_at=BEGAN,
    ),
    AllowanceTakenOff(id=5),
    Identity(id=2, web_url="https://github.com", login="ada", came_in=False, since=BEGAN),
    IdentityUnlinked(id=2),
    LinkAsked(user="ada"),
    LinkShown(url=f"{DASHBOARD}/login/link/…", kind=LinkKind.LOGIN, user="ada", expires_at=LATER),
)
