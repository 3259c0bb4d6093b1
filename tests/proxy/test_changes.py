import asyncio

from thakur.proxy.changes import Changes


async def test_a_wait_for_what_holds_already_returns_at_once() -> None:
    await Changes().until(lambda: True)


async def test_a_wait_asks_again_after_each_change_only() -> None:
    changes, asked = Changes(), []

    def third() -> bool:
        asked.append(len(asked))
        return len(asked) == 3

    waiting = asyncio.ensure_future(changes.until(third))
    for _ in range(2):
        await asyncio.sleep(0)
        changes.tell()
    await waiting

    assert asked == [0, 1, 2]


async def test_a_change_wakes_everybody_who_waits() -> None:
    changes, seen = Changes(), set()
    waiting = [asyncio.ensure_future(changes.until(lambda: bool(seen))) for _ in range(3)]
    await asyncio.sleep(0)

    seen.add("it")
    changes.tell()

    await asyncio.gather(*waiting)
