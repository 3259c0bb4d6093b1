import json

import pytest


def test_settings_are_set_shown_and_unset(thakur, server):
    thakur("projects", "create", "shop")
    assert "Nothing is set" in thakur("projects", "settings", "shop").err

    ran = thakur("projects", "set", "shop", "start=bun x.js --a=b", "cpus=0.5", "spa_fallback=false", "build=")
    assert ran.status == 0
    assert "thakur redeploy --project shop" in ran.err
    assert [line.split(maxsplit=1) for line in thakur("projects", "settings", "shop").out.splitlines()] == [
        ["SETTING", "VALUE"],
        ["build"],
        ["start", "bun x.js --a=b"],
        ["spa_fallback", "false"],
        ["cpus", "0.5"],
    ]

    thakur("projects", "set", "shop", "memory_mb=64")
    ran = thakur("projects", "unset", "shop", "cpus", "build", "--json")
    assert json.loads(ran.out) == {"start": "bun x.js --a=b", "spa_fallback": False, "memory_mb": 64}


@pytest.mark.parametrize(
    ("argv", "status", "words"),
    [
        (["strat=x"], 1, "There is no setting strat.\nDid you mean start?"),
        (["cpus=many"], 1, "cpus cannot be 'many'.\nIt may be a number from 0.1 to 256."),
        (["start"], 2, "start has no value"),
        ([], 2, "KEY=VALUE"),
    ],
)
def test_a_mistake_is_told_with_what_is_allowed(thakur, server, argv, status, words):
    thakur("projects", "create", "shop")

    ran = thakur("projects", "set", "shop", *argv)

    assert ran.status == status
    assert words in ran.err
    assert thakur("projects", "settings", "shop", "--json").out == "{}\n"
