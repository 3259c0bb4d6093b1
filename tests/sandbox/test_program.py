import sys

import pytest

import thakur.sandbox
from thakur.sandbox import BubblewrapMissing

# The package offers the function under the module's own name.
module = sys.modules["thakur.sandbox.program"]


@pytest.fixture(autouse=True)
def forgotten():
    module.bubblewrap.cache_clear()
    yield
    module.bubblewrap.cache_clear()


@pytest.fixture
def host(tmp_path, monkeypatch):
    """A host on which bubblewrap of a given version may be installed."""
    monkeypatch.setattr(module, "SYSTEM_PATH", str(tmp_path))

    def install(version: str):
        (tmp_path / "bwrap").write_text(f"#!/bin/sh\necho bubblewrap {version}\n")
        (tmp_path / "bwrap").chmod(0o755)
        return tmp_path / "bwrap"

    return install


def test_the_hosts_own_comes_first_when_it_is_new_enough(host):
    newer = host("0.12.1")

    assert thakur.sandbox.bubblewrap() == newer


def test_an_old_one_gives_way_to_the_wheels(host):
    old = host("0.8.0")

    assert thakur.sandbox.bubblewrap() != old


def test_without_any_it_says_what_to_install(host, monkeypatch):
    monkeypatch.setattr(module, "_of_the_wheel", lambda: None)

    with pytest.raises(BubblewrapMissing) as raised:
        thakur.sandbox.bubblewrap()

    assert "embedded" in raised.value.hint
