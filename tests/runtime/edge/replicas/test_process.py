import signal
from pathlib import Path

import msgspec
import pytest

from support.local_edges import make_order
from thakur.builds import Plan, Toolchain
from thakur.runtime import DeploymentRefused
from thakur.runtime.edge.replicas.homes import Home
from thakur.runtime.edge.replicas.process import how_it_ended, replica_env, replica_spec
from thakur.runtime.edge.starting.start import GUIDE, Start
from thakur.sandbox import Bind, Exit, Limits, Overlay

PLAN = Plan(framework="hono", kind="server", start=("bun", "--bun", "run", "start"))
TOOLCHAIN = Toolchain(bun="/venv/bin/bun", node="/root/.nvm/bin/node", binds=(), path=())
HOME = Home(Path("/data/edge/replicas/5-12-0"))


def test_the_command_runs_over_the_artifact_with_the_order_s_limits() -> None:
    order = make_order(5, "d1", PLAN, memory_bytes=64 << 20, cpus=0.5, processes=99)

    spec = replica_spec(order, HOME, 20_017, Path("/data/artifacts/1/d1"), 610_001, TOOLCHAIN, Start())

    assert spec.name == "5-12-0"
    assert spec.argv == ("bun", "--bun", "run", "start")
    assert spec.app == Overlay("/data/artifacts/1/d1", f"{HOME.path}/upper", f"{HOME.path}/work")
    assert spec.binds == (Bind("/venv/bin/bun", "/opt/thakur/bin/bun"),)
    assert spec.path == ("/opt/thakur/bin",)
    assert spec.uid == 610_001
    assert spec.limits == Limits(memory_bytes=64 << 20, cpus=0.5, processes=99)


def test_an_application_that_runs_under_node_sees_node_alone() -> None:
    order = make_order(5, "d1", msgspec.structs.replace(PLAN, runtime="node", start=("node", "server.js")))

    spec = replica_spec(order, HOME, 20_017, Path("/data/artifacts/1/d1"), 610_001, TOOLCHAIN, Start())

    assert Bind("/root/.nvm/bin/node", "/opt/thakur/bin/node") in spec.binds


def test_an_application_that_runs_under_node_is_refused_where_there_is_none() -> None:
    order = make_order(5, "d1", msgspec.structs.replace(PLAN, runtime="node"))

    without = msgspec.structs.replace(TOOLCHAIN, node=None)
    with pytest.raises(DeploymentRefused) as refused:
        replica_spec(order, HOME, 20_017, Path("/data"), 610_001, without, Start())

    assert refused.value.failure.code == "node_missing"


def test_where_to_listen_is_not_the_application_s_to_say() -> None:
    order = make_order(5, "d1", PLAN, env={"PORT": "80", "HOST": "0.0.0.0", "NODE_ENV": "staging", "KEY": "a=b\nc"})

    env = replica_env(order, 20_017)

    assert env == {
        "PORT": "20017",
        "HOST": "127.0.0.1",
        "HOSTNAME": "127.0.0.1",
        "NITRO_PORT": "20017",
        "NITRO_HOST": "127.0.0.1",
        "NODE_ENV": "staging",
        "BUN_RUNTIME_TRANSPILER_CACHE_PATH": "0",
        "KEY": "a=b\nc",
    }
    assert replica_env(make_order(5, "d1", PLAN), 20_017)["NODE_ENV"] == "production"


def test_an_end_is_told_by_its_cause() -> None:
    order = make_order(5, "d1", PLAN, memory_bytes=512 << 20, processes=256)

    assert how_it_ended(Exit(code=1), order) == "exited with code 1"
    assert how_it_ended(Exit(signal=signal.SIGSEGV), order) == "was ended by SIGSEGV"
    assert how_it_ended(Exit(signal=64), order) == "was ended by SIGRTMAX"
    assert how_it_ended(Exit(signal=50), order) == "was ended by signal 50"
    assert how_it_ended(Exit(signal=9, is_out_of_memory=True), order) == "ran out of memory (limit 512 MB)"
    assert "limit of 256 processes" in how_it_ended(Exit(code=134, hit_process_limit=True), order)
    assert how_it_ended(Exit(), order) == "ended, and nobody saw how"


def test_a_guided_start_shows_the_guide_and_loads_it() -> None:
    spec = replica_spec(
        make_order(5, "d1", PLAN), HOME, 20_017, Path("/d1"), 610_001, TOOLCHAIN, Start(serves_export=True)
    )

    assert GUIDE.is_file()
    assert Bind(str(GUIDE), "/opt/thakur/guide.cjs") in spec.binds
    assert spec.env["BUN_OPTIONS"] == "--preload=/opt/thakur/guide.cjs"
    assert spec.env["PORT"] == "20017"
