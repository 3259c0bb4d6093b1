"""What GitHub says of an App, all of it in one answer: nothing is kept before it is known."""

import asyncio
from typing import NamedTuple

from thakur.github import App, AppFound, GitHubUnavailable, Installation, Installed, NotPermitted, NotThere

# Somebody may wait for the page.
LOOK_SECONDS = 20.0
# Each is a token of its own and a question.
COUNTED = 50


class Said(NamedTuple):
    """The App, where its events go, and its installations with how many repositories each opens, if it was counted."""

    found: AppFound
    hook_url: str
    installations: list[tuple[Installation, int | None]]


async def ask(client: App) -> Said:
    """Raises what the client raises, and GitHubUnavailable when it takes longer than somebody waits."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            found, hook_url = await client.found(), await client.hook_url()
            installations = await client.installations()
            counts = [await _count(client, each, number) for number, each in enumerate(installations)]
            return Said(found, hook_url, list(zip(installations, counts, strict=True)))
    except TimeoutError as error:
        raise GitHubUnavailable("it takes too long", 60.0) from error


async def _count(client: App, installation: Installation, number: int) -> int | None:
    if installation.suspended_at is not None or number >= COUNTED:
        return None
    try:
        return await Installed(client, installation.id).repositories()
    except (NotPermitted, NotThere):
        return None  # suspended or gone since it was listed
