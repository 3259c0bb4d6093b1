"""What is kept of earlier artifacts: for how long, and how much."""

import pytest

from thakur.runtime.edge.assets import generations
from thakur.runtime.edge.assets.generations import KEPT_SECONDS, Generation, Generations

DAY = 24 * 3600.0


def kept(*lives: tuple[str, float], size: int = 10) -> Generations:
    found = Generations()
    for digest, live_until in lives:
        found = found.with_newest(Generation(digest, live_until, {f"{digest}.js": size, "same.js": 1}))
    return found


def digests(found: Generations) -> list[str]:
    return [generation.digest for generation in found.all]


def test_an_artifact_is_kept_for_seven_days_after_it_was_live() -> None:
    found = kept(("a", 0.0), ("b", 3 * DAY))

    assert digests(found.at(7 * DAY - 1)) == ["b", "a"]
    assert digests(found.at(7 * DAY)) == ["b"]
    assert digests(found.at(3 * DAY + KEPT_SECONDS)) == []


def test_one_that_was_live_again_has_its_time_anew() -> None:
    found = kept(("a", 0.0), ("b", 1 * DAY), ("a", 2 * DAY))

    assert digests(found) == ["a", "b"]
    assert digests(found.at(8.5 * DAY)) == ["a"]


def test_a_name_that_a_later_one_has_too_stays_with_it() -> None:
    assert kept(("a", 0.0), ("b", 3 * DAY)).at(8 * DAY).names == {"b.js", "same.js"}


@pytest.mark.parametrize("limit", ["KEPT_BYTES", "KEPT_NAMES"])
def test_the_oldest_go_when_there_is_no_room(limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generations, limit, 25 if limit == "KEPT_BYTES" else 3)

    assert digests(kept(("a", 0.0), ("b", 0.0), ("c", 0.0)).at(0.0)) == ["c", "b"]
