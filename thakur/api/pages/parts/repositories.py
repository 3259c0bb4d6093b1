"""Repositories on GitHub as a page lists them: those that match, which of them are projects already, and why there are none."""

import msgspec

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.api.seen import matching, projects_by_repository
from thakur.errors import ThakurError, Unauthenticated
from thakur.identities import AccountSeen, RepositorySeen, SignInNeeded

PAGE = 20


class Listing(msgspec.Struct, frozen=True, kw_only=True):
    """A page of repositories. `state` is why there are none: `no_app`, `sign_in`, `away`, `no_installation`; else nothing."""

    state: str = ""
    trouble: ThakurError | None = None
    accounts: tuple[AccountSeen, ...] = ()
    repositories: tuple[RepositorySeen, ...] = ()
    projects: dict[int, list[str]] = {}
    installation: int | None = None
    words: str = ""
    number: int = 1
    total: int = 0
    matching: int = 0
    by_app: bool = False
    is_cut: bool = False

    @property
    def has_more(self) -> bool:
        return self.matching > self.number * PAGE

    @property
    def chosen(self) -> AccountSeen | None:
        """The account that alone is shown."""
        found = [one for one in self.accounts if one.installation_id == self.installation]
        return found[0] if found else None


async def listing(
    services: ApiServices, principal: Principal, installation: int | None, words: str, number: int
) -> Listing:
    """What GitHub shows the asker now; never raises for GitHub's sake."""
    asked = Listing(installation=installation, words=words, number=number)
    try:
        seen = await services.browser.look(principal, installation)
    except (SignInNeeded, Unauthenticated) as error:
        return msgspec.structs.replace(asked, state="sign_in", trouble=error)
    except ThakurError as error:
        return msgspec.structs.replace(asked, state="away", trouble=error)
    if not seen.accounts:
        return msgspec.structs.replace(asked, state="no_installation" if seen.has_apps else "no_app")
    found = matching(seen, words)
    return msgspec.structs.replace(
        asked,
        accounts=seen.accounts,
        repositories=tuple(found[(number - 1) * PAGE : number * PAGE]),
        projects=await projects_by_repository(services, principal),
        total=len(seen.repositories),
        matching=len(found),
        by_app=seen.by_app,
        is_cut=seen.is_cut,
    )
