"""Env vars of a project: the list, many set at once or one, a pasted `.env`, one unset. Values go in and never come out."""

from typing import Annotated

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody, QueryParameter

from thakur.accounts import Principal
from thakur.api.asked import Asked, Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.fields import EnvValues
from thakur.api.interface import ApiServices
from thakur.projects import EnvVar, LeftOut, PastedVar, Phase, Project, Scope

ROOT = "/api/v1/projects/{name:str}/env"

# `scope` itself is litestar's word.
Within = Annotated[Scope, QueryParameter(name="scope")]


class EnvAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values by name. Without a phase, a new one is for build and start and an old one stays as narrow as it was."""

    values: EnvValues
    scope: Scope = Scope.PRODUCTION
    phase: Phase | None = None


class ValueAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The value of the name in the path."""

    value: str
    scope: Scope = Scope.PRODUCTION
    phase: Phase | None = None


class DotenvAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The text of a `.env`."""

    text: str
    scope: Scope = Scope.PRODUCTION
    phase: Phase | None = None


class EnvChanged(msgspec.Struct, frozen=True, kw_only=True):
    """What was changed, and what was so already. `needs_redeploy` says that something is live which still has the values of before."""

    names: tuple[str, ...]
    scope: Scope
    unchanged: tuple[str, ...] = ()
    left_out: tuple[LeftOut, ...] = ()
    needs_redeploy: bool


@get(ROOT)
async def list_env(services: Services, principal: Asker, project: Asked) -> list[EnvVar]:
    """Names, production's first, without values."""
    return await services.env_vars.list(principal, project.id)


@patch(ROOT)
async def set_env(data: JSONBody[EnvAsked], services: Services, principal: Asker, project: Asked) -> EnvChanged:
    """Set all the values or none; other names stay as they are."""
    await services.env_vars.set(principal, project.id, data.scope, data.values, data.phase)
    return await _changed(services, principal, project, data.scope, tuple(data.values))


@post(ROOT, status_code=200)
async def import_env(data: JSONBody[DotenvAsked], services: Services, principal: Asker, project: Asked) -> EnvChanged:
    """Set what a `.env` says and is not so already, but for what is refused."""
    done = await services.env_vars.import_dotenv(principal, project.id, data.scope, data.text, data.phase)
    changed = await _changed(services, principal, project, data.scope, done.names)
    return msgspec.structs.replace(changed, unchanged=done.unchanged, left_out=done.left_out)


@post(f"{ROOT}/preview", status_code=200, opt={IS_TOLD: True})
async def preview_env(
    data: JSONBody[DotenvAsked], services: Services, principal: Asker, project: Asked
) -> list[PastedVar]:
    """What a `.env` would change, name by name with its line; nothing is set, and no value is answered."""
    return list(await services.env_vars.look_over(principal, project.id, data.scope, data.text, data.phase))


@put(f"{ROOT}/{{key:str}}")
async def put_env(
    data: JSONBody[ValueAsked], services: Services, principal: Asker, project: Asked, key: FromPath[str]
) -> EnvChanged:
    """Set one."""
    await services.env_vars.set(principal, project.id, data.scope, {key: data.value}, data.phase)
    return await _changed(services, principal, project, data.scope, (key,))


@delete(f"{ROOT}/{{key:str}}", status_code=200)
async def delete_env(
    services: Services,
    principal: Asker,
    project: Asked,
    key: FromPath[str],
    within: Within = Scope.PRODUCTION,
) -> EnvChanged:
    """Unset one."""
    await services.env_vars.unset(principal, project.id, within, [key])
    return await _changed(services, principal, project, within, (key,))


async def _changed(
    services: ApiServices,
    principal: Principal,
    project: Project,
    scope: Scope,
    names: tuple[str, ...],
) -> EnvChanged:
    is_live = scope is Scope.PRODUCTION and project.id in await services.runtime.active(principal, [project.id])
    return EnvChanged(names=names, scope=scope, needs_redeploy=bool(names) and is_live)


HANDLERS = [list_env, set_env, import_env, preview_env, put_env, delete_env]
