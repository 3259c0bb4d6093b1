"""Tests of the table of roles and scopes."""

import pytest

from thakur.accounts import Action, ActionForbidden, Principal, Role, TokenScope

# Written out once more on purpose: whoever changes a right changes it here too, knowingly.
OF_ROLES = {
    Role.VIEWER: {Action.READ, Action.MANAGE_ACCOUNT},
    Role.MEMBER: {
        Action.READ,
        Action.MANAGE_ACCOUNT,
        Action.DEPLOY,
        Action.CREATE_PROJECT,
        Action.CONFIGURE,
        Action.CLEAR_LOGS,
    },
    Role.ADMIN: set(Action) - {Action.CREATE_TEAM},
    Role.OWNER: set(Action),
}
OF_SCOPES = {
    TokenScope.READ: {Action.READ},
    TokenScope.DEPLOY: {Action.READ, Action.DEPLOY, Action.CREATE_PROJECT},
    TokenScope.ALL: set(Action),
}


def principal(role: Role, scope: TokenScope | None = None) -> Principal:
    return Principal(actor="somebody", team_id=1, roles={1: role}, scope=scope)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("scope", [None, *TokenScope])
def test_a_role_and_a_scope_each_take_away(role: Role, scope: TokenScope | None):
    expected = OF_ROLES[role] & OF_SCOPES.get(scope, set(Action))

    assert {action for action in Action if principal(role, scope).may(action, 1)} == expected


@pytest.mark.parametrize("action", Action)
def test_nobody_may_anything_in_a_foreign_team(action: Action):
    assert not principal(Role.OWNER).may(action, 2)
    with pytest.raises(ActionForbidden):
        principal(Role.OWNER).require(action, 2)


def test_a_refusal_says_which_role_or_scope_may():
    with pytest.raises(ActionForbidden) as by_role:
        principal(Role.VIEWER).require(Action.DEPLOY, 1)
    with pytest.raises(ActionForbidden) as by_scope:
        principal(Role.OWNER, TokenScope.DEPLOY).require(Action.DELETE_PROJECT, 1)

    assert by_role.value.message == "Your role in this team is viewer, and it may not deploy"
    assert by_role.value.hint == "Ask somebody who may: member, admin, owner."
    assert by_scope.value.message == "This token has the scope deploy and may not delete projects"
    assert by_scope.value.hint == "Use a token with the scope all."
    assert by_role.value.status == 403
