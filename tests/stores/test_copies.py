"""Programs that only root can read are copied once for the service user."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from support.owners import Owner, copied_packages
from thakur.stores.copies import readable
from thakur.stores.programs import Program

Start = Callable[..., Owner]


@pytest.fixture
def program(tmp_path: Path) -> Program:
    for name in ("package/bin/server", "package/share/words", "package.libs/lib.so", "other/secret"):
        file = tmp_path / "packages" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name)
        file.chmod(0o755)
    return Program(tmp_path / "packages", Path("package", "bin", "server"))


def close(program: Program) -> None:
    for path in [program.root, *program.root.rglob("*")]:
        path.chmod(0o700)


def test_what_everybody_can_read_is_used_in_place(program: Program, tmp_path: Path) -> None:
    assert readable(program, tmp_path / "copies") == program
    assert not (tmp_path / "copies").exists()


def test_what_is_closed_is_copied_with_its_libraries_and_nothing_else(program: Program, tmp_path: Path) -> None:
    close(program)

    copy = readable(program, tmp_path / "copies")

    assert copy.path.read_text() == "package/bin/server"
    assert sorted(path.name for path in copy.root.iterdir()) == ["package", "package.libs"]
    assert all(path.stat().st_mode & 0o005 == 0o005 for path in [copy.root, *copy.root.rglob("*")])


def test_a_copy_is_made_once_and_replaced_after_an_upgrade(program: Program, tmp_path: Path) -> None:
    close(program)
    first = readable(program, tmp_path / "copies")
    assert readable(program, tmp_path / "copies") == first

    program.path.write_text("newer")
    os.utime(program.path, ns=(1, 1))
    second = readable(program, tmp_path / "copies")

    assert second.path.read_text() == "newer"
    assert list((tmp_path / "copies").iterdir()) == [second.root]


def test_one_closed_step_on_the_way_closes_the_program(program: Program, tmp_path: Path) -> None:
    (program.root / "package").chmod(0o700)

    assert readable(program, tmp_path / "copies") != program


@pytest.mark.skipif(os.geteuid() != 0, reason="a normal user's servers are the user's own")
def test_servers_run_from_packages_installed_under_a_strict_umask(tmp_path: Path, start: Start) -> None:
    packages = copied_packages(tmp_path / "packages")
    for path in [packages, *packages.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o077)

    assert start(packages=packages).ask("SELECT 1") == [[1]]
