"""The kept directory is one of the workspace's own."""

from pathlib import Path

import pytest

from thakur.builds import BuildFailed, Plan
from thakur.builds.packing.kept import kept_directory


def plan(output: str) -> Plan:
    return Plan(framework="Vite", kind="static", output=output)


def test_the_output_is_found(tmp_path: Path) -> None:
    (tmp_path / "out" / "web").mkdir(parents=True)

    assert kept_directory(tmp_path, plan("out/web")) == tmp_path / "out" / "web"
    assert kept_directory(tmp_path, plan(".")) == tmp_path


def test_a_missing_output_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    for output in ("dist", "file", "file/dist"):
        with pytest.raises(BuildFailed) as failed:
            kept_directory(tmp_path, plan(output))
        assert failed.value.failure.code == "output_missing"
        assert output in failed.value.failure.what


@pytest.mark.parametrize("output", ["dist", "dist/sub"])
def test_a_link_in_the_place_of_the_output_is_not_followed(tmp_path: Path, output: str) -> None:
    (tmp_path / "secret" / "sub").mkdir(parents=True)
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "dist").symlink_to(tmp_path / "secret")

    with pytest.raises(BuildFailed):
        kept_directory(tmp_path / "workspace", plan(output))
