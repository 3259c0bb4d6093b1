"""A second try begins where the first one began."""

from pathlib import Path

from thakur.builds.workspaces.slate import LARGEST_BYTES, Slate


def write(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(path)


def names(root: Path) -> set[str]:
    return {str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink()}


def test_what_has_come_since_goes_and_the_rest_stays(tmp_path: Path) -> None:
    root = tmp_path / "workspace"
    write(root, "src/a.ts", "node_modules/a/index.js", ".next/cache/kept", ".thakur-cache/bun/a")
    before = names(root)
    slate = Slate(root)
    write(root, "dist/index.js", ".next/server/page.js", "src/a.js", "packages/b/dist/c.js", ".thakur-cache/bun/b")
    write(root, "node_modules/.cache/babel/x", "node_modules/.vite/deps/y")

    slate.clean()

    assert names(root) == before | {".thakur-cache/bun/b"}
    assert not (root / "dist").exists()


def test_no_link_is_followed_to_what_is_removed(tmp_path: Path) -> None:
    root, outside = tmp_path / "workspace", tmp_path / "outside"
    write(root, "src/a.ts", "node_modules/a")
    write(outside, "kept", ".cache/kept")
    slate = Slate(root)
    (root / "dist").symlink_to(outside)
    (root / "node_modules" / "a").unlink()
    (root / "node_modules").rmdir()
    (root / "node_modules").symlink_to(outside)

    slate.clean()

    assert names(outside) == {"kept", ".cache/kept"}
    assert not (root / "dist").is_symlink()


def test_files_are_what_they_were_also_where_something_else_is_in_their_place(tmp_path: Path) -> None:
    root, outside = tmp_path / "workspace", tmp_path / "outside"
    write(root, "version.ts", "src/gone.ts", "src/linked/a.ts", "config/a.json", "kept.ts", "run.sh")
    write(outside, "a.ts")
    (root / "run.sh").chmod(0o755)
    before, kept = names(root), (root / "kept.ts").stat()
    slate = Slate(root)
    (root / "version.ts").write_text("changed")
    (root / "src" / "gone.ts").unlink()
    (root / "src" / "linked" / "a.ts").unlink()
    (root / "src" / "linked").rmdir()
    (root / "src" / "linked").symlink_to(outside)
    (root / "config" / "a.json").unlink()
    write(root, "config/a.json/inside")
    (root / "run.sh").unlink()
    (root / "run.sh").symlink_to("version.ts")

    assert slate.clean() == []

    assert names(root) == before
    assert {path: (root / path).read_text() for path in before} == {path: path for path in before}
    assert (root / "run.sh").stat().st_mode & 0o777 == 0o755
    assert (root / "kept.ts").stat() == kept, "nothing is written that nobody changed"
    assert (outside / "a.ts").read_text() == "a.ts"


def test_a_large_file_that_was_changed_is_named(tmp_path: Path) -> None:
    write(tmp_path, "video.mp4", "model.bin")
    for name in ("video.mp4", "model.bin"):
        (tmp_path / name).write_bytes(bytes(LARGEST_BYTES + 1))
    slate = Slate(tmp_path)
    (tmp_path / "video.mp4").write_text("cut")

    assert slate.clean() == ["video.mp4"]


def test_what_was_lent_goes_with_what_was_made_of_it(tmp_path: Path) -> None:
    write(tmp_path, "src/a.ts", ".next/cache/a")
    slate = Slate(tmp_path, [".next/cache"])
    write(tmp_path, ".next/cache/b")

    assert slate.clean() == []

    assert names(tmp_path) == {"src/a.ts"}
