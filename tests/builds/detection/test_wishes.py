import json

import pytest

from thakur.builds.detection.wishes import Wishes, read_wishes, unmet

VERSIONS = {"bun": "1.4.4", "node": "22.20.0"}


def test_engines_and_package_manager_are_read() -> None:
    text = json.dumps({"engines": {"node": ">=20", "x": 1}, "packageManager": "pnpm@9.1.0", "trustedDependencies": []})

    assert read_wishes(text) == Wishes(engines={"node": ">=20"}, package_manager="pnpm@9.1.0", names_trusted=True)


@pytest.mark.parametrize("text", ["", "[]", "{", '{"engines": [], "packageManager": 3}'])
def test_what_cannot_be_read_asks_for_nothing(text: str) -> None:
    assert read_wishes(text) == Wishes()


@pytest.mark.parametrize(
    ("engines", "words"),
    [
        ({"node": ">=18"}, []),
        ({"node": "20.x"}, ["node 20.x", "26.3.0", "node is 22.20.0"]),
        ({"bun": ">=2"}, ["bun >=2", "1.4.4"]),
        ({"bun": "^1.2", "npm": "6"}, []),
    ],
)
def test_what_cannot_be_met_is_said(engines: dict[str, str], words: list[str]) -> None:
    sentences = " ".join(unmet(Wishes(engines=engines), VERSIONS, "26.3.0"))

    assert bool(sentences) == bool(words)
    assert all(word in sentences for word in words)
