"""Looking at a repository of GitHub before a project follows it: a token is lent for the look, and taken back."""

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.builds import GitSource, Planned
from thakur.installations import Found
from thakur.projects import Overrides


async def looked_at(
    services: ApiServices, principal: Principal, found: Found, ref: str, settings: Overrides
) -> Planned:
    """What would be made of it at that ref. Raises what the look does, and RepositoryShut."""
    token = await services.lender.lend_look(found)
    try:
        return await services.plans.look(principal, GitSource(url=found.url, ref=ref), token, settings)
    finally:
        await services.lender.give_back(token)
