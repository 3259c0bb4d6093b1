"""Deployments and what is said of them."""

import pytest

from thakur.github import NotThere, RequestRefused

BARE = {"auto_merge": False, "required_contexts": []}


@pytest.fixture
async def sha(clone) -> str:
    sha = clone.commit({"a": "1"})
    await clone.push()
    return sha


async def test_a_deployment_is_of_a_commit_whatever_names_it(ask, sha) -> None:
    made = await ask("/deployments", "POST", {"ref": "main", **BARE})
    assert (made["sha"], made["ref"], made["environment"], made["task"]) == (sha, "main", "production", "deploy")
    assert (made["creator"]["login"], made["creator"]["type"]) == ("thakur[bot]", "Bot")
    preview = await ask(
        "/deployments", "POST", {"ref": sha, "environment": "preview", "transient_environment": True, **BARE}
    )
    assert (preview["transient_environment"], preview["production_environment"]) == (True, False)

    assert [each["id"] for each in await ask("/deployments")] == [preview["id"], made["id"]]
    assert [each["id"] for each in await ask("/deployments?environment=preview")] == [preview["id"]]
    assert (await ask(f"/deployments/{made['id']}"))["id"] == made["id"]
    with pytest.raises(NotThere):
        await ask("/deployments/1")
    for body, message in (({"ref": "none"}, "No ref found"), ({"ref": "main", "description": "x" * 141}, "Validation")):
        with pytest.raises(RequestRefused, match=message):
            await ask("/deployments", "POST", body | BARE)


async def test_what_must_be_green_or_merged_first_is_not_deployed(house, clone, ask, answer, sha) -> None:
    made = await ask("/deployments", "POST", {"ref": "main"})
    assert made["sha"] == sha
    house.github.say(house.shop, sha, "ci", "pending")
    for contexts in ({}, {"required_contexts": ["ci"]}, {"required_contexts": ["other"]}):
        with pytest.raises(RequestRefused, match="Commit status checks failed"):
            await ask("/deployments", "POST", {"ref": "main", "auto_merge": False, **contexts})
    house.github.say(house.shop, sha, "ci", "success")
    await ask("/deployments", "POST", {"ref": "main", "required_contexts": ["ci"]})
    await clone.push("HEAD:refs/heads/side")
    clone.commit({"a": "2"})
    await clone.push()
    merged = await answer("/deployments", "POST", {"ref": "side"})
    assert (merged.status, merged.data) == (202, {"message": "Auto-merged main into side on deployment."})


async def test_a_success_makes_others_of_its_environment_inactive_unless_they_are_production(ask, sha) -> None:
    made = {}
    for name, environment, transient in (("a", "staging", False), ("b", "staging", False), ("c", "x", True)):
        asked = {"ref": sha, "environment": environment, "transient_environment": transient, **BARE}
        made[name] = (await ask("/deployments", "POST", asked))["id"]
    made["d"] = (await ask("/deployments", "POST", {"ref": sha, **BARE}))["id"]
    made["e"] = (await ask("/deployments", "POST", {"ref": sha, **BARE}))["id"]

    for each in made.values():
        await ask(f"/deployments/{each}/statuses", "POST", {"state": "success", "log_url": "http://127.0.0.1/log"})

    last = {name: (await ask(f"/deployments/{each}/statuses"))[0] for name, each in made.items()}
    assert {name for name, each in last.items() if each["state"] == "inactive"} == {"a"}
    assert last["b"]["target_url"] == "http://127.0.0.1/log"
    with pytest.raises(RequestRefused, match="422"):
        await ask(f"/deployments/{made['a']}/statuses", "POST", {"state": "splendid"})


async def test_only_what_is_inactive_or_alone_is_deleted(ask, sha) -> None:
    first, second = [(await ask("/deployments", "POST", {"ref": sha, **BARE}))["id"] for _ in range(2)]
    with pytest.raises(RequestRefused, match="cannot delete an active deployment"):
        await ask(f"/deployments/{first}", "DELETE")
    await ask(f"/deployments/{first}/statuses", "POST", {"state": "inactive"})
    await ask(f"/deployments/{first}", "DELETE")
    await ask(f"/deployments/{second}", "DELETE")
    assert await ask("/deployments") == []
