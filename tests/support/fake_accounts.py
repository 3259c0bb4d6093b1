"""Doubles of accounts: in memory, for the command line and the resources; the real ones have tests of their own."""

from datetime import UTC, datetime, timedelta

from thakur.accounts import (
    AnswerKept,
    AuditEvent,
    Device,
    DeviceAsked,
    DeviceRefused,
    IdempotencyKeyTaken,
    Link,
    LinkKind,
    LinkMade,
    LinkUnusable,
    Member,
    Principal,
    RequestUnderWay,
    Role,
    Session,
    Team,
    Token,
    TokenMade,
    TokenNotFound,
    TokenScope,
    UserNotFound,
    Visitor,
)

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OPERATOR = Principal(actor="operator", team_id=1, roles={1: Role.OWNER})


class FakeAccounts:
    def __init__(self) -> None:
        self.audited: list[tuple[str, str, str, int | None]] = []

    async def prepare(self) -> None: ...

    async def operator(self) -> Principal:
        return OPERATOR

    async def audit(self, principal: Principal, action: str, subject: str, team_id: int | None = None) -> None:
        self.audited.append((principal.actor, action, subject, team_id))

    async def events(self, principal: Principal, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        rows = [
            AuditEvent(id=number, at=AT, actor=actor, action=action, subject=subject, address="")
            for number, (actor, action, subject, _) in enumerate(self.audited, 1)
        ]
        return [row for row in reversed(rows) if before is None or row.id < before][:limit]


class FakeIdempotencyKeys:
    def __init__(self) -> None:
        self.rows: dict[str, tuple[bytes, AnswerKept | None]] = {}

    async def claim(self, principal: Principal, key: str, target: bytes) -> AnswerKept | None:
        if key not in self.rows:
            self.rows[key] = (target, None)
            return None
        known, kept = self.rows[key]
        if known != target:
            raise IdempotencyKeyTaken("Another request was sent with this key", field="Idempotency-Key")
        if kept is None:
            raise RequestUnderWay("The same request is still being worked on")
        return kept

    async def keep(self, principal: Principal, key: str, kept: AnswerKept) -> None:
        self.rows[key] = (self.rows[key][0], kept)

    async def free(self, principal: Principal, key: str) -> None:
        del self.rows[key]


class FakeLinks:
    def __init__(self) -> None:
        self.open: dict[str, Link] = {}

    def add(self, kind: LinkKind, user: str | None = None, role: Role | None = None) -> LinkMade:
        number = len(self.open) + 1
        team = "default" if kind is LinkKind.INVITATION else None
        self.open[f"secret-{number}"] = Link(
            id=number, kind=kind, user=user, team=team, role=role, made_by="operator", expires_at=AT
        )
        return LinkMade(secret=f"secret-{number}", kind=kind, expires_at=AT, user=user)

    async def make_first(self) -> LinkMade | None:
        return None

    async def make_login(self, principal: Principal, user: str | None) -> LinkMade:
        if user == "nobody":
            raise UserNotFound("There is no user nobody")
        return self.add(LinkKind.LOGIN if user else LinkKind.OWNER, user)

    async def invite(self, principal: Principal, team: str, role: Role) -> LinkMade:
        return self.add(LinkKind.INVITATION, role=role)

    async def invitations(self, principal: Principal, team: str) -> list[Link]:
        return [link for link in self.open.values() if link.kind is LinkKind.INVITATION]

    async def withdraw(self, principal: Principal, team: str, invitation_id: int) -> None:
        self.open = {secret: link for secret, link in self.open.items() if link.id != invitation_id}

    async def look(self, secret: str, visitor: Visitor) -> Link:
        if secret not in self.open:
            raise LinkUnusable("This link was used already, or it has expired")
        return self.open[secret]

    async def use(self, secret: str, visitor: Visitor, name: str, asker: Principal | None = None) -> str:
        await self.look(secret, visitor)
        del self.open[secret]
        return f"session of {name}"


class FakeSessions:
    async def principal(self, secret: str, address: str) -> Principal | None:
        return None

    async def list(self, principal: Principal) -> list[Session]:
        return []

    async def end(self, principal: Principal, session_id: int) -> None: ...

    async def end_others(self, principal: Principal) -> int:
        return 0

    async def leave(self, principal: Principal) -> None: ...

    async def act_in(self, principal: Principal, team: str) -> None: ...


class FakeTokens:
    def __init__(self) -> None:
        self.rows: dict[str, Token] = {}
        self.lives: dict[str, timedelta | None] = {}

    async def make(self, principal: Principal, name: str, scope: TokenScope, life: timedelta | None) -> TokenMade:
        self.lives[name] = life
        self.rows[name] = Token(
            name=name,
            prefix="thk_Zq4m",
            team="default",
            made_by=principal.actor,
            scope=scope,
            created_at=AT,
            expires_at=AT + life if life else None,
            used_at=None,
        )
        return TokenMade(secret=f"thk_secret-of-{name}", token=self.rows[name])

    async def list(self, principal: Principal) -> list[Token]:
        return list(self.rows.values())[::-1]

    async def revoke(self, principal: Principal, name: str) -> None:
        if name not in self.rows:
            raise TokenNotFound(f"You have no token {name}")
        del self.rows[name]

    async def principal(self, secret: str, address: str) -> Principal:
        raise AssertionError


class FakeDevices:
    """`answer` is what a person says when the command asks for the second time."""

    def __init__(self, tokens: FakeTokens) -> None:
        self.answer = True
        self.asked = 0
        self._tokens = tokens

    async def ask(self, name: str, address: str) -> DeviceAsked:
        return DeviceAsked(
            secret=f"device-{name}", code="BCDF-GHJK", expires_at=datetime.now(UTC) + timedelta(minutes=1)
        )

    async def look(self, principal: Principal, code: str) -> Device:
        return Device(code=code, name="laptop", address="", expires_at=AT)

    async def allow(self, principal: Principal, code: str) -> Device:
        return await self.look(principal, code)

    async def refuse(self, principal: Principal, code: str) -> Device:
        return await self.look(principal, code)

    async def collect(self, secret: str, address: str) -> TokenMade | None:
        self.asked += 1
        if self.asked == 1:
            return None
        if not self.answer:
            raise DeviceRefused("It was refused in the dashboard")
        return await self._tokens.make(OPERATOR, secret.removeprefix("device-"), TokenScope.ALL, None)


class FakeTeams:
    def __init__(self) -> None:
        self.names = ["default"]
        self.roles = {"ada": Role.OWNER, "ben": Role.VIEWER}

    async def make(self, principal: Principal, name: str) -> Team:
        self.names.append(name)
        return (await self.list(principal))[-1]

    async def members(self, principal: Principal, team: str) -> list[Member]:
        return [Member(user=user, role=role, since=AT) for user, role in self.roles.items()]

    async def change_role(self, principal: Principal, team: str, user: str, role: Role) -> Member:
        self.roles[user] = role
        return Member(user=user, role=role, since=AT)

    async def remove(self, principal: Principal, team: str, user: str) -> None:
        del self.roles[user]

    async def list(self, principal: Principal) -> list[Team]:
        return [Team(id=number, name=name, role=Role.OWNER, created_at=AT) for number, name in enumerate(self.names, 1)]
