"""thakur migrate."""

import argparse
from typing import TYPE_CHECKING

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_data_dir, add_verb, host_settings

if TYPE_CHECKING:
    from thakur.settings import Settings


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = "thakur migrate"
    parser = add_verb(
        verbs, "migrate", "bring the database's tables to this version (serve does it by itself)", example, run
    )
    add_data_dir(parser)


def run(args: argparse.Namespace) -> int:
    """Migrate, with the embedded stores running for as long as it takes."""
    import asyncio

    before, after = asyncio.run(_migrate(host_settings(args)))
    if args.json:
        document({"before": before, "after": after})
    elif before == after:
        say(f"The tables are at revision {after} already.")
    else:
        say(f"The tables are at revision {after} now; they were at {before or 'none'}.")
    return 0


async def _migrate(settings: "Settings") -> tuple[str | None, str | None]:
    from thakur.db import head_and_current, migrate
    from thakur.stores import running

    async with running(settings) as urls:
        _, before = await head_and_current(urls.database_url)
        await migrate(urls.database_url)
        _, after = await head_and_current(urls.database_url)
    return before, after
