"""A second try begins where the first one began."""

from pathlib import Path

from thakur.builds.workspaces.slate import Slate


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
