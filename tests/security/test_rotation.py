"""A key file over a rotation: both keys while it lasts, one before and after."""

from pathlib import Path

from sqlalchemy import LargeBinary

from thakur import models
from thakur.db import Base
from thakur.security import Sealer, add_key, drop_old_keys, load_or_create_ring

# What a rotation seals anew, by `wiring.core.Core.sealed`. Hashes are of secrets that nobody seals; answers that are kept for
# a repetition hold none.
SEALED = (
    {"environment_variables.value", "deployments.env_snapshot", "repositories.token"}
    | {f"github_apps.{name}" for name in ("client_secret", "private_key", "webhook_secret", "previous_secret")}
    | {f"github_user_tokens.{name}" for name in ("access_token", "refresh_token")}
)


def test_every_column_of_bytes_is_sealed_anew_or_is_no_secret() -> None:
    assert models
    found = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.name != "idempotency_keys"
        for column in table.columns
        if isinstance(column.type, LargeBinary) and column.name != "hash"
    }

    assert found == SEALED


def test_a_new_key_stands_beside_the_old_one_until_that_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    old = load_or_create_ring(path)
    sealed = Sealer(old, "env").seal(b"secret", ("a",))

    both = add_key(path)

    assert (both.current, both.keys[1]) == (2, old.keys[1])
    again = Sealer(load_or_create_ring(path), "env").seal_again(sealed, ("a",))
    drop_old_keys(path)
    only = load_or_create_ring(path)
    assert only.keys == {2: both.keys[2]}
    assert Sealer(only, "env").open(again, ("a",)) == b"secret"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_rotation_that_was_cut_off_goes_on_with_its_key(tmp_path: Path) -> None:
    path = tmp_path / "secret.key"
    load_or_create_ring(path)

    assert add_key(path).keys == add_key(path).keys
