"""The lists of who may sign in, as rows."""

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Accounts, Action, ActionForbidden, Principal, Role, Team, TeamNotFound, Teams
from thakur.db import Database
from thakur.identities.admissions import Admissions
from thakur.identities.allowing.interface import Allowance, AllowanceNotFound, AllowanceRefused
from thakur.identities.allowing.resolving import Resolving
from thakur.identities.models import AllowanceRow
from thakur.installations import SignInApp, SignInApps

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list

Row = AllowanceRow
KEYS = [Row.team_id, Row.web_url, Row.kind, Row.number]


class LocalAllowances:
    """Implements Allowances on the database."""

    def __init__(
        self,
        db: Database,
        apps: SignInApps,
        resolving: Resolving,
        admissions: Admissions,
        teams: Teams,
        accounts: Accounts,
    ) -> None:
        self._db = db
        self._apps = apps
        self._resolving = resolving
        self._admissions = admissions
        self._teams = teams
        self._accounts = accounts

    async def list(self, principal: Principal, team: str) -> list[Allowance]:
        found = await self._managed(principal, team)
        async with self._db.session() as session:
            rows = await session.scalars(
                select(Row).where(Row.team_id == found.id).order_by(Row.web_url, Row.name, Row.id)
            )
            return [_allowance(row) for row in rows]

    async def sites(self, principal: Principal, team: str) -> list_of[str]:
        found = await self._managed(principal, team)
        return sorted({each.web_url for each in await self._of(found)})

    async def allow(self, principal: Principal, team: str, name: str, role: Role, url: str = "") -> Allowance:
        found = await self._managed(principal, team)
        _check_role(role, found)
        apps = await self._of(found)
        site = _chosen(sorted({each.web_url for each in apps}), url.strip().rstrip("/"))
        resolved = await self._resolving.find([each for each in apps if each.web_url == site], name)
        values = {"name": resolved.name, "role": role, "made_by": principal.actor}
        keys = {"team_id": found.id, "web_url": site, "kind": resolved.kind, "number": resolved.number}
        made = insert(Row).values(keys | values).on_conflict_do_update(index_elements=KEYS, set_=values).returning(Row)
        async with self._db.session() as session:
            allowance = _allowance((await session.scalars(made)).one())
        await self._admissions.look_soon(found.id)
        await self._accounts.audit(principal, "allow github", f"{resolved.name} of {site} as {role}", found.id)
        return allowance

    async def disallow(self, principal: Principal, team: str, allowance_id: int) -> None:
        found = await self._managed(principal, team)
        is_it = (Row.id == allowance_id, Row.team_id == found.id)
        async with self._db.session() as session:
            row = await session.scalar(delete(Row).where(*is_it).returning(Row))
        if row is None:
            raise AllowanceNotFound("This is not on the list", hint="thakur team allowed shows what is.")
        await self._admissions.look_soon(found.id)
        await self._accounts.audit(principal, "disallow github", f"{row.name} of {row.web_url}", found.id)

    async def _managed(self, principal: Principal, team: str) -> Team:
        for each in await self._teams.list(principal):
            if each.name == team:
                principal.require(Action.MANAGE_MEMBERS, each.id)
                return each
        raise TeamNotFound(f"There is no team {team}", hint="thakur team list shows yours.")

    async def _of(self, team: Team) -> list_of[SignInApp]:
        return [each for each in await self._apps.every() if each.team_id == team.id]


def _check_role(role: Role, team: Team) -> None:
    if role is Role.OWNER:
        raise AllowanceRefused(
            "Nobody becomes an owner by signing in",
            hint="Make them one when they are here: thakur team role",
            field="role",
        )
    if role.rank > team.role.rank:
        raise ActionForbidden(f"Only an {role} may let an {role} in")


def _chosen(sites: list[str], url: str) -> str:
    if not sites:
        raise AllowanceRefused(
            "The team has no GitHub App to sign in by", hint="Connect one first: thakur github add", field="url"
        )
    if (url and url not in sites) or (not url and len(sites) > 1):
        raise AllowanceRefused(
            "On which GitHub this is, has to be said" if not url else f"The team has no GitHub App on {url}",
            hint=f"One of: {', '.join(sites)}.",
            field="url",
        )
    return url or sites[0]


def _allowance(row: AllowanceRow) -> Allowance:
    fields = {name: getattr(row, name) for name in Allowance.__struct_fields__}
    return Allowance(**(fields | {"role": Role(row.role)}))
