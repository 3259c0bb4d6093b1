"""What detection gets to see of a folder."""

from pathlib import Path

from thakur.builds.detection.tree import TEXT_BYTES, Tree, read_built_tree, read_tree


def test_names_and_the_interesting_texts_are_read(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "index.ts").write_text("serve()")
    (tmp_path / "src" / "other.ts").write_text("other")
    (tmp_path / "package.json").write_text("{}")

    tree = read_tree(tmp_path)

    assert tree.paths == {"src/index.ts", "src/other.ts", "package.json"}
    assert dict(tree.texts) == {"src/index.ts": "serve()", "package.json": "{}"}
    assert tree.below("src") == Tree(frozenset({"index.ts", "other.ts"}), {"index.ts": "serve()"})


def test_a_finished_build_is_read_deeper_and_by_names_alone(tmp_path: Path) -> None:
    deep = tmp_path / "apps" / "web" / ".next" / "standalone" / "apps" / "web"
    deep.mkdir(parents=True)
    (deep / "server.js").write_text("x")
    (tmp_path / "link").symlink_to("/etc")

    assert read_built_tree(tmp_path) == Tree(frozenset({"apps/web/.next/standalone/apps/web/server.js", "link"}))


def test_packages_and_depths_are_left_alone(tmp_path: Path) -> None:
    for path in ("node_modules/x/index.js", "a/b/c/d/e/f/g", ".thakur-cache/x"):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text("x")

    assert read_tree(tmp_path).paths == frozenset()


def test_odd_files_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "package.json").symlink_to("nowhere")
    (tmp_path / "vite.config.ts").symlink_to(".")
    (tmp_path / "index.js").write_bytes(b"\xff" * (TEXT_BYTES + 1))

    tree = read_tree(tmp_path)

    assert tree.has("package.json", "missing")
    assert tree.text("package.json") == ""
    assert tree.text("vite.config.ts") == ""
    assert len(tree.text("index.js")) == TEXT_BYTES
