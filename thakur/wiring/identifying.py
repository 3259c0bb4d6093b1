"""Identities: who somebody is on a GitHub, who of there may sign in, and what acts for them."""

from dataclasses import dataclass

from thakur.db import Database
from thakur.identities.admissions import Admissions
from thakur.identities.allowing.allowances import LocalAllowances
from thakur.identities.allowing.resolving import Resolving
from thakur.identities.endings import Endings
from thakur.identities.identities import LocalIdentities
from thakur.identities.rechecks import Rechecks
from thakur.identities.secrets import ResealingOfUserTokens
from thakur.identities.signing.admitting import Admitting
from thakur.identities.signing.journeys import Envelopes
from thakur.identities.signing.linking import Linking
from thakur.identities.signing.signing_in import LocalSignIns
from thakur.identities.standing import Standings
from thakur.identities.tokens import UserTokens
from thakur.installations import Clients, SignInApps
from thakur.security import KeyRing, Sealer
from thakur.wiring.people import People

CALLBACK = "/login/github/callback"


@dataclass(frozen=True, slots=True)
class Identifying:
    """What people are known by who sign in with GitHub."""

    identities: LocalIdentities
    sign_ins: LocalSignIns
    allowances: LocalAllowances
    rechecks: Rechecks
    tokens: UserTokens
    sealed: ResealingOfUserTokens


def wire_identifying(
    db: Database, ring: KeyRing, apps: SignInApps, clients: Clients, people: People, dashboard: str
) -> Identifying:
    """Make them; GitHub leads people back to the `dashboard`."""
    sealer, vouching = Sealer(ring, "github users"), people.vouching
    tokens = UserTokens(db, sealer, apps, Endings(db, vouching).ended)
    identities = LocalIdentities(db, tokens, apps, Endings(db, vouching))
    standings, admissions = Standings(db), Admissions(db, vouching)
    sign_ins = LocalSignIns(
        db,
        apps,
        Envelopes(Sealer(ring, "sign-ins")),
        Admitting(db, apps, tokens, standings, admissions, vouching),
        Linking(db, tokens, people.accounts),
        people.attempts,
        f"{dashboard}{CALLBACK}",
    )
    return Identifying(
        identities=identities,
        sign_ins=sign_ins,
        allowances=LocalAllowances(db, apps, Resolving(clients), admissions, people.teams, people.accounts),
        rechecks=Rechecks(db, apps, identities, tokens, standings, admissions, vouching),
        tokens=tokens,
        sealed=ResealingOfUserTokens(db, sealer),
    )
