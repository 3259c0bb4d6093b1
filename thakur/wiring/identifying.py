"""Identities: who somebody is on a GitHub, and what acts for them there."""

from dataclasses import dataclass

from thakur.db import Database
from thakur.identities.endings import Endings
from thakur.identities.identities import LocalIdentities
from thakur.identities.secrets import ResealingOfUserTokens
from thakur.identities.tokens import UserTokens
from thakur.installations import SignInApps
from thakur.security import KeyRing, Sealer
from thakur.wiring.people import People


@dataclass(frozen=True, slots=True)
class Identifying:
    """What people are known by who sign in with GitHub."""

    identities: LocalIdentities
    tokens: UserTokens
    sealed: ResealingOfUserTokens


def wire_identifying(db: Database, ring: KeyRing, apps: SignInApps, people: People) -> Identifying:
    """Make them."""
    sealer = Sealer(ring, "github users")
    endings = Endings(db, people.vouching)
    tokens = UserTokens(db, sealer, apps, endings.ended)
    return Identifying(
        identities=LocalIdentities(db, tokens, apps, endings),
        tokens=tokens,
        sealed=ResealingOfUserTokens(db, sealer),
    )
