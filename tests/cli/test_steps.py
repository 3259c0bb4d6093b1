"""Tests of the line of steps."""

import pytest

from thakur.cli.steps import pieces, standings


def build(*steps, status="running", failure=None, kind="upload"):
    shown = [{"name": name, "seconds": seconds} for name, seconds in steps]
    return {"source": {"kind": kind}, "steps": shown, "status": status, "failure": failure}


def deployment(*steps, status, failure=None):
    return {"steps": [{"name": name, "seconds": seconds} for name, seconds in steps], "status": status} | {
        "failure": failure
    }


def line(build, deployment=None, room=200):
    return "".join(text for text, _ in pieces(standings(build, deployment), room))


def test_what_has_not_begun_is_seen_already():
    assert line(build(status="queued")) == "· Upload  · Install  · Build  · Package  · Start  · Check  · Switch"


def test_what_is_done_says_how_long_it_took():
    shown = line(build(("unpack", 0.02), ("detect", 0.4), ("install", 2.34), ("build", None)))

    assert shown == "✓ Upload 0.4s  ✓ Install 2.3s  ▸ Build  · Package  · Start  · Check  · Switch"


def test_a_repository_is_cloned():
    assert line(build(("resolve", 0.5), ("clone", None), kind="git")).startswith("▸ Clone 0s  · Install")


def test_a_build_that_failed_failed_at_its_last_step():
    failed = build(("unpack", 1.0), ("install", 3.0), status="failed", failure={"what": "bun install ended with 1."})

    assert line(failed).startswith("✓ Upload 1.0s  ✗ Install 3s  · Build")


def test_an_artifact_that_was_there_has_nothing_left_to_build():
    reused = build(("unpack", 0.01), ("reuse", 0.01), status="succeeded")

    shown = line(reused, deployment(("start", 0.2), status="checking"))

    assert shown == "✓ Upload  ✓ Install  ✓ Build  ✓ Package  ✓ Start 0.2s  ▸ Check  · Switch"


def test_a_rollout_that_failed_failed_at_its_last_step():
    ended = deployment(("start", 0.2), ("check", 60.0), status="failed", failure={"what": "GET / answered 500."})

    assert line(build(("unpack", 0.01), status="succeeded"), ended).endswith("✗ Check 60s  · Switch")


@pytest.mark.parametrize(
    ("room", "shown"),
    [
        (79, "✓ Upload 11.0s  ✓ Install 22.0s  ▸ Build  · Package  · Start  · Check  · Switch"),
        (72, "✓ Upload  ✓ Install  ▸ Build  · Package  · Start  · Check  · Switch"),
        (40, "✓ Upload  ✓ Install  ▸ Build"),
        (20, "[3/7] ▸ Build"),
        (8, "[3/7] ▸ "),
    ],
)
def test_a_narrow_terminal_is_told_less(room, shown):
    assert line(build(("unpack", 11.0), ("install", 22.0), ("build", None)), room=room) == shown
