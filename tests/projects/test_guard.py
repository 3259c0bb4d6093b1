"""Tests of who may do what with a project: a foreign one is not there, one's own says which role may."""

import msgspec
import pytest
from sqlalchemy import text

from thakur.accounts import Action, ActionForbidden, Principal, Role, TokenScope
from thakur.db import Database
from thakur.projects import ProjectNotFound, Scope
from thakur.projects.env import LocalEnvVars
from thakur.projects.service import LocalProjects
from thakur.security import KeyRing, Sealer


def as_role(principal: Principal, role: Role, scope: TokenScope | None = None) -> Principal:
    return msgspec.structs.replace(principal, roles=dict.fromkeys(principal.roles, role), scope=scope)


async def test_the_guard_tells_foreign_from_forbidden(projects: LocalProjects, ours: Principal, theirs: Principal):
    shop = await projects.create(ours, "shop")

    await projects.authorize(as_role(ours, Role.MEMBER), shop.id, Action.DEPLOY)
    with pytest.raises(ActionForbidden):
        await projects.authorize(as_role(ours, Role.VIEWER), shop.id, Action.DEPLOY)
    for asker, project_id in ((theirs, shop.id), (ours, shop.id + 1)):
        with pytest.raises(ProjectNotFound):
            await projects.authorize(asker, project_id, Action.READ)


async def test_a_project_that_is_being_deleted_is_nobody_s_any_more(projects: LocalProjects, ours: Principal):
    shop = await projects.create(ours, "shop")
    await projects.delete(ours, "shop")

    with pytest.raises(ProjectNotFound):
        await projects.authorize(ours, shop.id, Action.READ)


async def test_a_viewer_makes_no_project_and_a_member_deletes_none(
    projects: LocalProjects, ours: Principal, theirs: Principal
):
    await projects.create(as_role(ours, Role.MEMBER), "shop")

    with pytest.raises(ActionForbidden):
        await projects.create(as_role(ours, Role.VIEWER), "other")
    with pytest.raises(ActionForbidden):
        await projects.delete(as_role(ours, Role.MEMBER), "shop")
    with pytest.raises(ProjectNotFound):
        await projects.delete(theirs, "shop")
    await projects.delete(as_role(ours, Role.ADMIN), "shop")


async def test_env_vars_are_changed_by_members_with_the_whole_scope(
    db: Database, projects: LocalProjects, ours: Principal, theirs: Principal
):
    env_vars = LocalEnvVars(db, Sealer(KeyRing({1: b"k" * 32}), "env vars"))
    shop = await projects.create(ours, "shop")
    await env_vars.set(as_role(ours, Role.MEMBER), shop.id, Scope.PRODUCTION, {"A": "1"})

    for asker in (as_role(ours, Role.VIEWER), as_role(ours, Role.OWNER, TokenScope.DEPLOY)):
        with pytest.raises(ActionForbidden):
            await env_vars.set(asker, shop.id, Scope.PRODUCTION, {"A": "2"})
        with pytest.raises(ActionForbidden):
            await env_vars.unset(asker, shop.id, Scope.PRODUCTION, ["A"])
        with pytest.raises(ActionForbidden):
            await env_vars.import_dotenv(asker, shop.id, Scope.PRODUCTION, "A=2")
    with pytest.raises(ProjectNotFound):
        await env_vars.unset(theirs, shop.id, Scope.PRODUCTION, ["A"])

    async with db.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM environment_variables")) == 1
