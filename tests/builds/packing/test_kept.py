"""The kept directory is one of the workspace's own."""

from pathlib import Path

import msgspec
import pytest

from thakur.builds import BuildFailed, Copy, Plan
from thakur.builds.packing.kept import join_output, kept_directory


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


def test_copies_take_their_places_in_the_output(tmp_path: Path) -> None:
    for name in ("public/a.txt", ".next/static/b.js", ".next/standalone/public/stale.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / ".next/standalone/.next").mkdir()
    copies = (
        Copy("public", ".next/standalone/public"),
        Copy(".next/static", ".next/standalone/.next/static"),
        Copy("missing", ".next/standalone/missing"),
    )

    join_output(tmp_path, msgspec.structs.replace(plan(".next/standalone"), copies=copies))

    kept = tmp_path / ".next/standalone"
    assert sorted(str(path.relative_to(kept)) for path in kept.rglob("*") if path.is_file()) == [
        ".next/static/b.js",
        "public/a.txt",
    ]


@pytest.mark.parametrize(("source", "target"), [("link/x", "out/x"), ("real", "link/x"), ("link", "out/x")])
def test_a_copy_neither_comes_through_a_link_nor_goes_through_one(tmp_path: Path, source: str, target: str) -> None:
    outside, workspace = tmp_path / "outside", tmp_path / "workspace"
    for directory in (outside / "x", workspace / "out", workspace / "real"):
        directory.mkdir(parents=True)
    (workspace / "link").symlink_to(outside)

    join_output(workspace, msgspec.structs.replace(plan("out"), copies=(Copy(source, target),)))

    assert sorted(path.name for path in outside.rglob("*")) == ["x"]
    assert list((workspace / "out").iterdir()) == []
    assert (workspace / "real").is_dir()
