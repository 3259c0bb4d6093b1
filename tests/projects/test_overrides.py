"""Which settings there are, and what each may be."""

from typing import Any

import pytest

from thakur.projects import Overrides, SettingRefused, merged, overrides_of, said
from thakur.projects.overrides import changed


def refusal(values: dict[str, Any]) -> tuple[str, str, str]:
    with pytest.raises(SettingRefused) as refused:
        overrides_of(values)
    return refused.value.message, refused.value.hint, refused.value.field


def test_everything_that_may_be_said_is_taken() -> None:
    values = {
        "root": "./apps/web/",
        "install": "bun install --production",
        "trust_scripts": True,
        "build": "",
        "start": " bun server.js ",
        "output": "dist",
        "health_path": "/up?full=1",
        "runtime": "node",
        "spa_fallback": False,
        "memory_mb": 256,
        "cpus": 0.5,
        "processes": 64,
        "build_memory_mb": 4096,
        "build_minutes": 40,
    }

    assert set(values) == set(Overrides.__struct_fields__)
    assert said(overrides_of(values)) == values | {"root": "apps/web", "start": "bun server.js"}


def test_an_unknown_name_is_told_with_the_nearest_and_all() -> None:
    message, hint, field = refusal({"statr": "x"})

    assert (message, field) == ("There is no setting statr", "statr")
    assert hint.startswith("Did you mean start? There are: root, install, trust_scripts, build, start, output,")
    assert refusal({"zzz": 1})[1].startswith("There are:")


@pytest.mark.parametrize(
    ("name", "value", "allowed"),
    [
        ("build", 7, "text"),
        ("start", "", "a command that starts the server"),
        ("root", "../other", "a directory inside the source, such as apps/web"),
        ("root", "/srv", "a directory inside the source, such as apps/web"),
        ("output", "", "a directory inside the source, such as apps/web"),
        ("health_path", "up", "a path such as /up"),
        ("health_path", "/u p", "a path such as /up"),
        ("runtime", "nod", "bun or node; did you mean node?"),
        ("runtime", "deno", "bun or node"),
        ("spa_fallback", "true", "true or false"),
        ("memory_mb", "512", "a whole number from 32"),
        ("memory_mb", True, "a whole number from 32"),
        ("memory_mb", 31, "a whole number from 32"),
        ("cpus", 0, "a number from 0.1 to 256"),
        ("cpus", float("nan"), "a number from 0.1 to 256"),
        ("processes", 1.5, "a whole number from 16"),
        ("build_minutes", 1000, "a whole number from 1 to 240"),
    ],
)
def test_a_value_of_another_sort_is_told_with_what_it_may_be(name: str, value: Any, allowed: str) -> None:
    message, hint, field = refusal({name: value})

    assert (message, field) == (f"{name} cannot be {value!r}", name)
    assert hint.startswith(f"It may be {allowed}")


@pytest.mark.parametrize("text", ["a\0b", "x" * 4001])
def test_a_command_is_text_of_some_length(text: str) -> None:
    assert refusal({"build": text})[2] == "build"


def test_where_both_say_something_the_first_does() -> None:
    both = merged(Overrides(start="a", build=""), Overrides(start="b", build="c", root="d"))

    assert said(both) == {"start": "a", "build": "", "root": "d"}


def test_a_change_leaves_what_it_does_not_name_and_unsets_what_is_none() -> None:
    settings = Overrides(start="a", output="dist", memory_mb=64)

    assert said(changed(settings, {"start": "b", "output": None})) == {"start": "b", "memory_mb": 64}
    with pytest.raises(SettingRefused):
        changed(settings, {"outptu": None})
