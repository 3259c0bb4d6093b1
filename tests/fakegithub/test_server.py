"""The stand-in itself: real pushes become signed webhooks, tokens open what they say, deliveries are kept."""

import asyncio
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

import pytest

from support.github import Clone
from support.waiting import eventually
from thakur.github import CredentialsRefused, Scope


async def arrived(got: list, *names: str) -> list[dict]:
    """The payloads of these events, when they are all there."""
    await eventually(lambda: sorted(headers["X-GitHub-Event"] for headers, _ in got) == sorted(names))
    return [json.loads(body) for headers, body in got if headers["X-GitHub-Event"] == "push"]


async def test_a_push_arrives_signed_and_says_what_moved(hooked) -> None:
    house, got, clone = hooked
    await arrived(got, "ping", "installation")
    got.clear()
    first = clone.commit({"a": "1"}, "One")
    await clone.push()
    await arrived(got, "create", "push")
    second = clone.commit({"a": "2"}, "héllo <script>")
    await clone.push()
    pushes = await arrived(got, "create", "push", "push")

    assert [(each["before"], each["after"]) for each in pushes] == [("0" * 40, first), (first, second)]
    assert pushes[1]["head_commit"]["message"] == "héllo <script>"
    assert pushes[0]["installation"]["id"] == house.installation.id
    for headers, body in got:
        digest = hmac.new(house.fake_app.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
        assert headers["X-Hub-Signature-256"] == f"sha256={digest}"


async def test_a_forced_push_a_deletion_and_tags_are_told_as_they_are(hooked) -> None:
    _, got, clone = hooked
    clone.commit({"a": "1"})
    await clone.push()
    clone.git("commit", "-q", "--amend", "-m", "Another")
    await clone.push("+HEAD:main", "HEAD:gone")
    await clone.push(":gone")
    await clone.push(*(f"HEAD:refs/tags/v{number}" for number in range(4)))
    pushes = await arrived(got, "ping", "installation", "create", "push", "create", "push", "push", "delete", "push")

    assert sorted((each["ref"][11:], each["forced"], each["deleted"]) for each in pushes) == [
        ("gone", False, False),
        ("gone", False, True),
        ("main", False, False),
        ("main", True, False),
    ]


async def test_a_token_for_reading_clones_one_repository_and_pushes_nothing(hooked) -> None:
    house, _, clone = hooked
    clone.commit({"a": "1"})
    await clone.push()
    scope = Scope(house.installation.id, (house.shop.id,), (("contents", "read"),))
    token = (await house.app.mint(scope)).token
    url = house.github.url.replace("://", f"://x-access-token:{token}@")

    clone.git("remote", "add", "as-app", f"{url}/ada/shop.git")
    clone.git("remote", "add", "other", f"{url}/ada/other.git")
    assert "refs/heads/main" in await _git(clone, "ls-remote", "as-app")
    with pytest.raises(AssertionError, match="403"):
        await _git(clone, "push", "as-app", "HEAD:stolen")
    with pytest.raises(AssertionError, match="not found"):
        await _git(clone, "ls-remote", "other")
    await house.app.revoke(token)
    with pytest.raises(AssertionError, match=r"Authentication failed|Invalid username"):
        await _git(clone, "ls-remote", "as-app")


async def test_what_was_lost_is_in_the_log_and_is_delivered_again_by_the_same_guid(hooked) -> None:
    house, got, clone = hooked
    await arrived(got, "ping", "installation")
    got.clear()
    house.github.hooks.is_cut = True
    clone.commit({"a": "1"})
    await clone.push()
    since = datetime.now(UTC) - timedelta(minutes=1)
    failed = [each for each in await house.app.deliveries(since) if each.status != "OK"]
    assert [each.event for each in failed] == ["push", "create"]

    house.github.hooks.is_cut = False
    await house.app.redeliver(failed[0].id)

    await arrived(got, "push")
    assert got[0][0]["X-GitHub-Delivery"] == failed[0].guid
    await eventually(lambda: house.github.hooks.log[-1].status == "OK")


async def test_a_suspended_and_an_uninstalled_app_open_nothing(hooked) -> None:
    house, _, _ = hooked
    house.github.suspend(house.installation, is_suspended=True)
    assert (await house.app.installation(house.installation.id)).suspended_at is not None
    house.github.uninstall(house.installation)
    assert await house.app.installation(house.installation.id) is None
    with pytest.raises(CredentialsRefused):
        await house.app.rest.ask("test", "GET", "/repos/ada/shop", "ghs_unknown")


async def _git(clone: Clone, *words: str) -> str:
    return await asyncio.to_thread(clone.git, *words)
