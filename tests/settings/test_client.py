"""Tests of what the command line reads of the environment."""

import pytest

from thakur.settings import has_screen, wants_color


@pytest.mark.parametrize(
    ("env", "wanted"),
    [({}, True), ({"NO_COLOR": ""}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)],
)
def test_colors_are_left_out_where_they_are_not_wanted(env: dict[str, str], wanted: bool) -> None:
    assert wants_color(env) is wanted


@pytest.mark.parametrize("name", ["DISPLAY", "WAYLAND_DISPLAY"])
def test_a_desktop_has_a_screen(name: str) -> None:
    assert has_screen({name: ":0"})
