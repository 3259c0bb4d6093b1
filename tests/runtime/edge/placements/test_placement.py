from pathlib import Path

import pytest

from support.local_edges import make_order
from thakur.builds import Plan
from thakur.proxy import Pool, Route
from thakur.runtime import DeploymentRefused
from thakur.runtime.edge.placements.placement import Placement, static_directory
from thakur.runtime.edge.placements.state import PlacementRecord

STATIC = make_order(5, "d1", Plan(framework="vite", kind="static", is_spa=True), hosts=("shop.localhost", "www.shop"))


def test_a_static_placement_is_a_directory_for_every_host() -> None:
    placement = Placement(STATIC, "5-12", artifact=Path("/artifacts/1/d1"), directory="1/d1")

    assert placement.pool() == Pool(id="5-12", directory="1/d1", is_spa=True)
    assert placement.routes() == (Route("shop.localhost", "5-12"), Route("www.shop", "5-12"))
    assert placement.is_alive
    assert placement.prepared().ports == ()
    assert placement.last_lines() == ()
    assert placement.record() == PlacementRecord(
        order=STATIC, pool_id="5-12", artifact="/artifacts/1/d1", directory="1/d1"
    )


def test_the_proxy_is_given_no_directory_outside_its_own() -> None:
    root = Path("/data/artifacts")

    assert static_directory(root / "1" / "d1", root) == "1/d1"
    with pytest.raises(DeploymentRefused) as refused:
        static_directory(Path("/etc"), root)
    assert refused.value.failure.code == "artifact_elsewhere"
