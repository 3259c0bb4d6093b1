"""Open tabs: through the real proxy, what the page of an earlier deployment named is still there."""

import shutil
import time
from pathlib import Path

from support.local_edges import Bench, bench, real_proxy
from support.visitors import Response, ask, get
from thakur.proxy.service import LocalProxy
from thakur.runtime.edge.assets.generations import KEPT_SECONDS

FIRST = {"index.html": "1", "assets/a-GpEN3EET.js": "first", "assets/b-D64VDMd1.js": "first too", "plain.js": "plain"}
SECOND = {"index.html": "2", "assets/a-BF8QNONU.js": "second"}


async def asked(proxy: LocalProxy, path: str) -> Response:
    return await ask(int(proxy.listens_on().rpartition(":")[2]), get(path, host="shop.localhost"))


async def activate(started: Bench, deployment_id: int, files: dict[str, str]) -> None:
    await started.edge.prepare(started.static_order(files, deployment_id, within_seconds=5))
    await started.edge.check(deployment_id)
    await started.edge.switch(deployment_id)


async def test_hashed_assets_stay_for_seven_days_also_without_their_artifact(tmp_path: Path) -> None:
    async with real_proxy(tmp_path) as proxy, bench(tmp_path, proxy) as started:
        await activate(started, 1, FIRST)
        await activate(started, 2, SECOND)
        await started.edge.retire(1)
        shutil.rmtree(started.shelf.root / "1" / "files-1")

        old = await asked(proxy, "/assets/a-GpEN3EET.js")
        assert (old.status, old.body) == (200, b"first")
        assert old.field("cache-control") == ["public, max-age=31536000, immutable"]
        assert (await asked(proxy, "/assets/a-BF8QNONU.js")).body == b"second"
        assert (await asked(proxy, "/plain.js")).status == 404
        assert (await asked(proxy, "/")).body == b"2"

        await started.edge._assets.sweep(time.time() + KEPT_SECONDS + 1)
        assert (await asked(proxy, "/assets/b-D64VDMd1.js")).status == 404
        assert not (started.shelf.root / "1" / ".assets" / "1").exists()


async def test_what_was_live_for_a_moment_only_leaves_its_assets_too(tmp_path: Path) -> None:
    async with real_proxy(tmp_path) as proxy, bench(tmp_path, proxy) as started:
        await activate(started, 1, FIRST)
        await activate(started, 2, SECOND)

        await started.edge.discard(2)

        assert (await asked(proxy, "/")).body == b"1"
        assert (await asked(proxy, "/assets/a-BF8QNONU.js")).body == b"second"


async def test_the_next_edge_knows_where_they_are(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, 1, FIRST)
        await activate(started, 2, SECOND)
        told = {pool.id: pool.earlier for pool in started.fake_proxy.pools.values()}

        await started.come_back()

        (routed,) = set(started.fake_proxy.routes.values())
        assert started.fake_proxy.pools[routed].earlier == told[routed] == "1/.assets/1"
        assert (started.shelf.root / told[routed] / "assets" / "a-GpEN3EET.js").read_text() == "first"


async def test_a_server_without_a_frameworks_own_files_has_none(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("ok"))

        assert [pool.earlier for pool in started.fake_proxy.pools.values()] == [None]


async def test_they_go_with_the_project(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, 1, FIRST)
        await activate(started, 2, SECOND)
        assert (started.shelf.root / "1" / ".assets" / "1" / "assets" / "a-GpEN3EET.js").is_file()

        await started.edge.withdraw(1)

        assert not (started.shelf.root / "1" / ".assets").exists()


async def test_a_switch_goes_on_when_they_cannot_be_kept(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, 1, FIRST)
        (started.shelf.root / "1" / ".assets").write_text("in the way")

        await activate(started, 2, SECOND)

        assert [pool.directory for pool in started.fake_proxy.pools.values()][-1] == "1/files-2"
        assert len(set(started.fake_proxy.routes.values())) == 1
