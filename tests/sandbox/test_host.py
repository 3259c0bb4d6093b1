import os
import sys

import pytest

from thakur.sandbox import SandboxRefused
from thakur.sandbox.host import this_host

module = sys.modules["thakur.sandbox.host"]


def test_the_facts_are_those_of_this_process():
    host = this_host()

    assert (host.uid, host.is_root) == (os.geteuid(), os.geteuid() == 0)
    assert all(os.access(program, os.X_OK) for program in (host.bubblewrap, host.setpriv, host.env))
    assert {path for path, _ in host.links} | set(host.directories) >= {"/bin", "/lib"}


def test_a_missing_program_is_named_with_its_package(monkeypatch):
    monkeypatch.setattr(module.shutil, "which", lambda *_args, **_kw: None)
    this_host.cache_clear()

    with pytest.raises(SandboxRefused) as raised:
        this_host()

    this_host.cache_clear()
    assert "util-linux" in raised.value.hint
