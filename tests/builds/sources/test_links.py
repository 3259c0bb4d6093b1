"""Links are judged from names as the kernel would follow them."""

import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from thakur.builds.sources.links import HOPS, stays_inside

PARTS = st.sampled_from(["a", "b", "c", "..", ".", ""])
TARGETS = st.lists(PARTS, min_size=1, max_size=6).map("/".join).filter(bool)
NAMES = st.lists(st.sampled_from(["a", "b", "c"]), min_size=1, max_size=3).map(tuple)


def test_a_link_to_a_neighbor_stays() -> None:
    assert stays_inside(("a", "link"), {("a", "link"): "../b/file"})


def test_a_link_above_the_root_leaves() -> None:
    assert not stays_inside(("a", "link"), {("a", "link"): "../../b"})


def test_a_link_that_comes_back_has_left() -> None:
    assert not stays_inside(("link",), {("link",): "../root/file"})


def test_an_absolute_link_leaves() -> None:
    assert not stays_inside(("link",), {("link",): "/app/file"})


def test_a_link_through_another_link_leaves() -> None:
    links = {("deep", "er", "up"): "../..", ("link",): "deep/er/up/../x"}

    assert not stays_inside(("link",), links)


def test_a_loop_does_not_stay() -> None:
    assert not stays_inside(("a",), {("a",): "b", ("b",): "a"})


def test_a_chain_as_long_as_the_kernel_follows_stays() -> None:
    links = {(f"l{number}",): f"l{number + 1}" for number in range(HOPS)}

    assert stays_inside(("l0",), links)
    assert not stays_inside(("start",), links | {("start",): "l0"})


@given(st.dictionaries(NAMES, TARGETS, min_size=1, max_size=5))
def test_no_link_that_is_let_in_resolves_outside(links: dict[tuple[str, ...], str]) -> None:
    # Only trees that can exist: nothing lies below a link.
    links = {name: target for name, target in links.items() if not any(name[:i] in links for i in range(1, len(name)))}
    with tempfile.TemporaryDirectory() as directory:
        root = Path(directory).resolve() / "root"
        for name, target in links.items():
            path = root.joinpath(*name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.symlink_to(target)

        for name in links:
            if stays_inside(name, links):
                resolved = os.path.realpath(root.joinpath(*name))
                assert resolved == str(root) or resolved.startswith(f"{root}/")
