"""Accounts: who is known here, by which secrets, in which teams."""

from dataclasses import dataclass

from thakur.accounts.attempts import Attempts
from thakur.accounts.devices import LocalDevices
from thakur.accounts.idempotency import LocalIdempotencyKeys
from thakur.accounts.links import LocalLinks
from thakur.accounts.service import LocalAccounts
from thakur.accounts.sessions import LocalSessions
from thakur.accounts.teams import LocalTeams
from thakur.accounts.tokens import LocalTokens
from thakur.accounts.vouching import LocalVouching
from thakur.db import Database


@dataclass(frozen=True, slots=True)
class People:
    """Every service of accounts."""

    accounts: LocalAccounts
    links: LocalLinks
    sessions: LocalSessions
    tokens: LocalTokens
    devices: LocalDevices
    teams: LocalTeams
    idempotency_keys: LocalIdempotencyKeys
    vouching: LocalVouching
    attempts: Attempts


def wire_people(db: Database) -> People:
    """Make them; wrong secrets of all kinds are counted together."""
    attempts = Attempts()
    return People(
        accounts=LocalAccounts(db),
        links=LocalLinks(db, attempts),
        sessions=LocalSessions(db),
        tokens=LocalTokens(db, attempts),
        devices=LocalDevices(db, attempts),
        teams=LocalTeams(db),
        idempotency_keys=LocalIdempotencyKeys(db),
        vouching=LocalVouching(db),
        attempts=attempts,
    )
