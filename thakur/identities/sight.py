"""What somebody sees on GitHub with their own rights, for whoever believes nobody's address."""

from thakur.accounts import Principal
from thakur.identities.interface import Identities


class Sight:
    """Implements Viewer of installations."""

    def __init__(self, identities: Identities) -> None:
        self._identities = identities

    async def sees(self, principal: Principal, app: int, installation_id: int) -> bool | None:
        client = await self._identities.client(principal, app)
        if client is None:
            return None
        return installation_id in {each.id for each in await client.installations()}
