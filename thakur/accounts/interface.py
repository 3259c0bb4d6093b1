"""What accounts promise: who is asking, the secrets by which they are known, and their teams."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from thakur.accounts.principal import Principal, Role, TokenScope
from thakur.accounts.structs import (
    AnswerKept,
    AuditEvent,
    Device,
    DeviceAsked,
    Link,
    LinkMade,
    Member,
    Session,
    Team,
    Token,
    TokenMade,
    Visitor,
)


class Accounts(Protocol):
    """Who the operator is, and what everybody has done."""

    async def prepare(self) -> None:
        """Make the team `default` if this is the first start. May be called twice, and by several processes."""

    async def operator(self) -> Principal:
        """The principal of the local socket: owner of every team, acting in `default`."""

    async def audit(self, principal: Principal, action: str, subject: str, team_id: int | None = None) -> None:
        """Keep what somebody has done; without a team it belongs to the one that they act in. Never a secret."""

    async def events(self, principal: Principal, before: int | None = None, limit: int = 50) -> list[AuditEvent]:
        """What was done in the teams whose audit log the principal may read, newest first. Raises ActionForbidden."""


class Links(Protocol):
    """Login links: each is used once, and its secret is kept as a hash."""

    async def make_first(self) -> LinkMade | None:
        """A link that makes the owner, in place of earlier ones; None when there is an owner."""

    async def make_login(self, principal: Principal, user: str | None) -> LinkMade:
        """For the operator: a link that signs `user` in, or the one owner; or that makes the owner if there is none.

        Raises UserNotFound.
        """

    async def invite(self, principal: Principal, team: str, role: Role) -> LinkMade:
        """A link into the team. Raises TeamNotFound, ActionForbidden."""

    async def invitations(self, principal: Principal, team: str) -> list[Link]:
        """The open ones, newest first. Raises TeamNotFound, ActionForbidden."""

    async def withdraw(self, principal: Principal, team: str, invitation_id: int) -> None:
        """End an open one. Raises InvitationNotFound, TeamNotFound, ActionForbidden."""

    async def look(self, secret: str, visitor: Visitor) -> Link:
        """What the link does, without using it. Raises LinkUnusable, AttemptsExhausted."""

    async def use(self, secret: str, visitor: Visitor, name: str, asker: Principal | None = None) -> str:
        """Use it up, once, and begin a session; returns the session's secret.

        `name` is the new user's, where the link makes one: an invitation takes a signed-in `asker` as they are. Raises
        LinkUnusable, OwnerExists, UserNameRefused, UserNameTaken, AttemptsExhausted; what is refused for its name stays
        usable.
        """


class Sessions(Protocol):
    """Browsers that are signed in."""

    async def principal(self, secret: str, address: str) -> Principal | None:
        """Whose session it is; None when it is unknown, ended, or has been idle for two weeks."""

    async def list(self, principal: Principal) -> list[Session]:
        """The asker's own, newest first."""

    async def end(self, principal: Principal, session_id: int) -> None:
        """Sign one of the asker's out. Raises SessionNotFound, ActionForbidden."""

    async def end_others(self, principal: Principal) -> int:
        """Sign all of the asker's out but the one that asks; returns how many. Raises ActionForbidden."""

    async def leave(self, principal: Principal) -> None:
        """Sign the session out that asks. May be called twice."""

    async def act_in(self, principal: Principal, team: str) -> None:
        """Make new things in this team from now on, in this session. Raises TeamNotFound, SessionNotFound."""


class Tokens(Protocol):
    """API tokens: each acts in one team, with at most the role that its maker has there at that moment."""

    async def make(self, principal: Principal, name: str, scope: TokenScope, life: timedelta | None) -> TokenMade:
        """A token in the team that the asker acts in. Raises TokenNameRefused, TokenNameTaken, ActionForbidden."""

    async def list(self, principal: Principal) -> list[Token]:
        """The asker's own, newest first; whoever manages members sees all of the team."""

    async def revoke(self, principal: Principal, name: str) -> None:
        """From now on nobody is let in by it. Raises TokenNotFound, ActionForbidden."""

    async def principal(self, secret: str, address: str) -> Principal:
        """Whom it stands for. Raises TokenRefused, AttemptsExhausted."""


class Devices(Protocol):
    """Commands that ask to be let in: a code is shown in the terminal and confirmed by somebody who is signed in."""

    async def ask(self, name: str, address: str) -> DeviceAsked:
        """Begin. Raises AttemptsExhausted."""

    async def look(self, principal: Principal, code: str) -> Device:
        """What waits with that code. Raises DeviceNotFound, AttemptsExhausted."""

    async def allow(self, principal: Principal, code: str) -> Device:
        """Let it in, as the asker, in the team that they act in. Raises as `look` does, and ActionForbidden."""

    async def refuse(self, principal: Principal, code: str) -> Device:
        """Keep it out. Raises as `look` does."""

    async def collect(self, secret: str, address: str) -> TokenMade | None:
        """The token, once; None while nobody has decided. Raises DeviceNotFound, DeviceRefused, AttemptsExhausted."""


class Teams(Protocol):
    """Teams, and who is in them with which role. Nobody gives a role above their own, or touches somebody above them."""

    async def make(self, principal: Principal, name: str) -> Team:
        """Another team, with the asker as its owner. Raises TeamNameRefused, TeamNameTaken, ActionForbidden."""

    async def members(self, principal: Principal, team: str) -> list[Member]:
        """Those with the most rights first. Raises TeamNotFound."""

    async def change_role(self, principal: Principal, team: str, user: str, role: Role) -> Member:
        """Raises TeamNotFound, UserNotFound, LastOwner, ActionForbidden."""

    async def remove(self, principal: Principal, team: str, user: str) -> None:
        """Their tokens in the team end at once; everybody may leave. Raises as `change_role` does."""

    async def list(self, principal: Principal) -> list[Team]:
        """The asker's, by name."""


class Vouching(Protocol):
    """Users for whom another place vouches, such as a GitHub. For whoever has asked that place, and for nobody else."""

    async def make_user(self, wanted: str) -> int:
        """A user of that name or one like it, in no team. Raises UserNameTaken."""

    async def join(self, user_id: int, team_id: int, role: Role, because: str, visitor: Visitor) -> None:
        """Let them into the team; who is in it already keeps the role that they have."""

    async def team_ids(self, user_id: int) -> set[int]:
        """The teams that they are in."""

    async def begin(self, user_id: int, team_id: int, because: str, visitor: Visitor) -> str:
        """A session of somebody who is in the team; returns its secret. Raises UserNotFound."""

    async def change_role(self, user_id: int, team_id: int, before: Role, role: Role, because: str) -> bool:
        """Give them another role, unless somebody has given them one that is not `before`; whether they have it now."""

    async def shut_out(self, user_id: int, team_ids: Collection[int], because: str) -> None:
        """End their sessions, and their tokens in these teams; they may come in again."""

    async def leave(self, user_id: int, team_id: int, because: str) -> bool:
        """Take them out of the team with their tokens there; False for an owner, who stays."""


class IdempotencyKeys(Protocol):
    """What was asked under a key, for a day, so that a request that comes again is done once."""

    async def claim(self, principal: Principal, key: str, target: bytes) -> AnswerKept | None:
        """Take the key for a request to `target`; None when it is the asker's to do, else what was answered to it.

        Raises IdempotencyKeyTaken, RequestUnderWay.
        """

    async def keep(self, principal: Principal, key: str, kept: AnswerKept) -> None:
        """The request that claimed the key is done."""

    async def free(self, principal: Principal, key: str) -> None:
        """Nothing was done under the key; whoever comes with it again may do it."""
