"""Who is asking and what they may do: roles, scopes of tokens, and the one guard over both. Decides, asks nothing."""

from enum import StrEnum

import msgspec

from thakur.errors import Forbidden


class Role(StrEnum):
    """What somebody may do in a team, from least to most."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"

    @property
    def rank(self) -> int:
        return list(Role).index(self)


class TokenScope(StrEnum):
    """What a token may do of what its maker may, from least to most."""

    READ = "read"
    DEPLOY = "deploy"
    ALL = "all"


class Action(StrEnum):
    """What a person can do in a team, in the words that follow "may"."""

    READ = "read"
    DEPLOY = "deploy"
    CREATE_PROJECT = "create projects"
    CONFIGURE = "change env vars and settings"
    CLEAR_LOGS = "clear logs"
    DELETE_PROJECT = "delete projects"
    MANAGE_ACCOUNT = "manage tokens and sessions"
    MANAGE_MEMBERS = "manage members"
    MANAGE_GITHUB = "manage GitHub Apps"
    READ_AUDIT = "read the audit log"
    CREATE_TEAM = "make teams"


# The least role that may, and the least scope of a token that may.
RIGHTS = {
    Action.READ: (Role.VIEWER, TokenScope.READ),
    Action.DEPLOY: (Role.MEMBER, TokenScope.DEPLOY),
    Action.CREATE_PROJECT: (Role.MEMBER, TokenScope.DEPLOY),
    Action.CONFIGURE: (Role.MEMBER, TokenScope.ALL),
    Action.CLEAR_LOGS: (Role.MEMBER, TokenScope.ALL),
    Action.DELETE_PROJECT: (Role.ADMIN, TokenScope.ALL),
    Action.MANAGE_ACCOUNT: (Role.VIEWER, TokenScope.ALL),
    Action.MANAGE_MEMBERS: (Role.ADMIN, TokenScope.ALL),
    Action.MANAGE_GITHUB: (Role.ADMIN, TokenScope.ALL),
    Action.READ_AUDIT: (Role.ADMIN, TokenScope.ALL),
    Action.CREATE_TEAM: (Role.OWNER, TokenScope.ALL),
}


class ActionForbidden(Forbidden):
    """The asker's role in the team, or their token's scope, does not allow this; the message says which one does."""

    code = "action_forbidden"


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever caused a call: loaded once per request and handed to every service call that a person can cause.

    `actor` is how logs and activations name them; `roles` maps team ids to the role there; `team_id` is the team in which
    they make new things. A token's principal has its `scope`, a session's its `session_id`. `address` is where they are.
    """

    actor: str
    team_id: int
    roles: dict[int, Role]
    user_id: int | None = None
    scope: TokenScope | None = None
    session_id: int | None = None
    address: str = ""

    @property
    def team_ids(self) -> tuple[int, ...]:
        return tuple(self.roles)

    def may(self, action: Action, team_id: int) -> bool:
        """Whether they may do that with things of the team."""
        role = self.roles.get(team_id)
        return role is not None and _is_role_enough(role, action) and _is_scope_enough(self.scope, action)

    def require(self, action: Action, team_id: int) -> None:
        """Raise ActionForbidden unless they may. A thing of a foreign team is to be NotFound before this is asked."""
        role = self.roles.get(team_id)
        if role is None or not _is_role_enough(role, action):
            able = [str(one) for one in Role if _is_role_enough(one, action)]
            raise ActionForbidden(
                f"Your role in this team is {role or 'none'}, and it may not {action}",
                hint=f"Ask somebody who may: {', '.join(able)}.",
            )
        if not _is_scope_enough(self.scope, action):
            able = [str(one) for one in TokenScope if _is_scope_enough(one, action)]
            raise ActionForbidden(
                f"This token has the scope {self.scope} and may not {action}",
                hint=f"Use a token with the scope {' or '.join(able)}.",
            )


def _is_role_enough(role: Role, action: Action) -> bool:
    return role.rank >= RIGHTS[action][0].rank


def _is_scope_enough(scope: TokenScope | None, action: Action) -> bool:
    scopes = list(TokenScope)
    return scope is None or scopes.index(scope) >= scopes.index(RIGHTS[action][1])
