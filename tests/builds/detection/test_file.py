"""thakur.toml and thakur.json, and whose word counts."""

import pytest

from support.folders import decided, package, plan_of
from thakur.builds import BuildFailed, Failure
from thakur.builds.detection.commands import shell, shown

SITE = {"package.json": package(tools="vite"), "index.html": ""}
TWO = {
    "apps/web/package.json": package(tools="vite"),
    "apps/api/package.json": package("hono"),
    "apps/api/index.ts": "",
}


def failure_of(files: dict[str, str]) -> Failure:
    with pytest.raises(BuildFailed) as failed:
        decided(files)
    return failed.value.failure


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("thakur.toml", "build = 'vite build --base /x/'\noutput = 'web'\nspa_fallback = false\nhealth_path = '/up'\n"),
        (
            "thakur.json",
            '{"build": "vite build --base /x/", "output": "web", "spa_fallback": false, "health_path": "/up"}',
        ),
    ],
)
def test_a_repository_says_how_it_is_built(name: str, text: str) -> None:
    plan = plan_of(SITE | {name: text})

    assert plan.build == shell("vite build --base /x/")
    assert (plan.output, plan.is_spa, plan.health_path) == ("web", False, "/up")
    assert plan.overridden == dict.fromkeys(("build", "output", "spa_fallback", "health_path"), name)


def test_the_project_s_settings_have_the_last_word() -> None:
    text = "build = 'a'\nstart = 'bun a.js'\nmemory_mb = 64\ncpus = 0.5"

    decision = decided(SITE | {"thakur.toml": text}, build="b", memory_mb=128)

    assert shown(decision.effective.build or ()) == "b"
    assert (decision.effective.limits.memory_mb, decision.effective.limits.cpus) == (128, 0.5)
    assert decision.plan.limits.memory_mb == 64, "what is kept with the artifact is the repository's own word"
    assert decision.effective.overridden == {
        "build": "the project's settings",
        "memory_mb": "the project's settings",
        "start": "thakur.toml",
        "cpus": "thakur.toml",
    }


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("thakur.toml", "strat = 'x'", ("thakur.toml", "strat", "Did you mean start?")),
        ("thakur.toml", "runtime = 'deno'", ("runtime cannot be 'deno'", "bun or node")),
        ("thakur.toml", "start = ", ("thakur.toml cannot be read", "Invalid value")),
        ("thakur.json", "[]", ("thakur.json holds no settings",)),
        ("thakur.json", "{", ("thakur.json cannot be read",)),
    ],
)
def test_a_mistake_is_told_with_its_name(name: str, text: str, words: tuple[str, ...]) -> None:
    failure = failure_of(SITE | {name: text})

    assert failure.code == "settings_invalid"
    assert all(word in f"{failure.why} {failure.next}" for word in words)


def test_one_file_is_enough() -> None:
    assert "both thakur.toml and thakur.json" in failure_of(SITE | {"thakur.toml": "", "thakur.json": "{}"}).why


def test_the_file_at_the_top_names_the_root_and_speaks_for_it() -> None:
    plan = plan_of(TWO | {"thakur.toml": "root = 'apps/api'\nhealth_path = '/up'"})

    assert (plan.root, plan.framework, plan.health_path) == ("apps/api", "Hono", "/up")


def test_a_file_in_the_root_speaks_instead_of_the_one_at_the_top() -> None:
    files = TWO | {
        "thakur.toml": "root = 'apps/api'\nhealth_path = '/top'",
        "apps/api/thakur.toml": "health_path = '/own'",
    }

    assert plan_of(files).health_path == "/own"


def test_another_root_of_the_project_s_settings_is_not_what_the_file_at_the_top_speaks_of() -> None:
    plan = plan_of(TWO | {"thakur.toml": "root = 'apps/api'\nhealth_path = '/top'"}, root="apps/web")

    assert (plan.framework, plan.health_path, plan.overridden) == ("Vite", "/", {"root": "the project's settings"})


def test_a_root_that_does_not_exist_is_told_with_those_that_do() -> None:
    with pytest.raises(BuildFailed) as failed:
        decided(TWO, root="apps/wbe")

    failure = failed.value.failure
    assert failure.code == "wrong_root"
    assert "apps/wbe does not exist" in failure.what
    assert "apps/api, apps/web" in failure.why
