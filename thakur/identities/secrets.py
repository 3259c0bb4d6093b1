"""The tokens of people: where each opens, and all of them under a new key."""

from sqlalchemy import select

from thakur.db import Database
from thakur.github import UserToken
from thakur.identities.models import TokenRow
from thakur.security import Resealed, Sealer, SecretUnreadable

SEALED = ("access_token", "refresh_token")


def context_of(identity_id: int, app: int, name: str) -> tuple[str, ...]:
    """The one place at which a token opens."""
    return ("github user", str(identity_id), str(app), name)


def columns(sealer: Sealer, identity_id: int, app: int, token: UserToken) -> dict[str, object]:
    """The columns of a token."""

    def sealed(name: str, text: str) -> bytes | None:
        return sealer.seal(text.encode(), context_of(identity_id, app, name)) if text else None

    return {
        "access_token": sealed("access_token", token.access_token),
        "refresh_token": sealed("refresh_token", token.refresh_token),
        "expires_at": token.expires_at,
        "refresh_expires_at": token.refresh_expires_at,
    }


def opened(sealer: Sealer, row: TokenRow) -> UserToken:
    """The token of the row. Raises SecretUnreadable."""

    def text(name: str, kept: bytes | None) -> str:
        return sealer.open(kept, context_of(row.identity_id, row.app_id, name)).decode() if kept else ""

    return UserToken(
        access_token=text("access_token", row.access_token),
        refresh_token=text("refresh_token", row.refresh_token),
        expires_at=row.expires_at,
        refresh_expires_at=row.refresh_expires_at,
    )


class ResealingOfUserTokens:
    """Implements SealedRows: each row in a transaction of its own."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer

    async def seal_again(self) -> Resealed:
        async with self._db.session() as session:
            keys = (await session.execute(select(TokenRow.identity_id, TokenRow.app_id))).all()
        done = [each for identity_id, app in keys for each in await self._one(identity_id, app)]
        return Resealed(done.count(True), done.count(False))

    async def _one(self, identity_id: int, app: int) -> list[bool]:
        done = []
        async with self._db.session() as session:
            row = await session.get(TokenRow, (identity_id, app), with_for_update=True)
            for name in SEALED if row else ():
                kept = getattr(row, name)
                if kept is None or not self._sealer.needs_sealing_again(kept):
                    continue
                try:
                    setattr(row, name, self._sealer.seal_again(kept, context_of(identity_id, app, name)))
                except SecretUnreadable:
                    done.append(False)
                else:
                    done.append(True)
        return done
