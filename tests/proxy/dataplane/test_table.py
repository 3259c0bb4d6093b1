"""Tables: hosts, pools, their succession, and the choice among upstreams."""

import pytest

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.table import Pool, Table, Upstream


def message(version: int, *ids: str, **routes: str) -> dict:
    pools = [{"id": pool_id, "upstreams": [["127.0.0.1", 1]], "directory": None, "is_spa": False} for pool_id in ids]
    return {
        "kind": "table",
        "version": version,
        "pools": pools,
        "routes": {f"{name}.test": pool for name, pool in routes.items()},
    }


def test_a_pool_that_both_versions_know_stays_the_same_object():
    one = Table().succeed(message(1, "p1", "p2", a="p1"))
    two = one.succeed(message(2, "p1", "p3", a="p3"))
    assert two.version == 2
    assert two.pools["p1"] is one.pools["p1"]
    assert two.find(b"a.test") is two.pools["p3"]
    assert one.find(b"a.test") is one.pools["p1"]


def test_a_pool_turns_to_other_upstreams_and_keeps_those_that_it_had():
    told = message(1, "p1", a="p1")
    told["pools"][0]["upstreams"] = [["127.0.0.1", 1], ["127.0.0.1", 2]]
    one = Table().succeed(told)
    pool = one.pools["p1"]
    first, second = pool.upstreams
    told["pools"][0]["upstreams"] = [["127.0.0.1", 2], ["127.0.0.1", 3]]
    assert one.succeed(told).pools["p1"] is pool
    assert pool.upstreams[0] is second
    assert [upstream.port for upstream in pool.upstreams] == [2, 3]
    assert first not in pool.upstreams


def test_a_host_is_found_in_any_way_of_writing_it():
    table = Table().succeed(message(1, "p1", a="p1"))
    for host in (b"a.test", b"A.TEST", b"a.test:80", b"a.test."):
        assert table.find(host) is table.pools["p1"]
    assert table.find(b"b.test") is None
    with pytest.raises(Refused):
        table.find(b"a.test/")


def test_a_route_to_a_pool_that_is_not_told_is_no_table():
    with pytest.raises(KeyError):
        Table().succeed(message(1, "p1", a="p2"))


def test_the_upstream_with_least_to_do_is_picked():
    upstreams = [Upstream("127.0.0.1", port) for port in range(3)]
    pool = Pool("p1", upstreams)
    for upstream, requests in zip(upstreams, (2, 1, 2), strict=True):
        upstream.in_flight = requests
    assert {pool.pick(0.0) for _ in range(6)} == {upstreams[1]}
    assert pool.pick(0.0, upstreams[1]) in (upstreams[0], upstreams[2])


def test_equal_upstreams_take_turns_and_a_refused_one_rests():
    upstreams = [Upstream("127.0.0.1", port) for port in range(3)]
    pool = Pool("p1", upstreams)
    assert {pool.pick(0.0) for _ in range(3)} == set(upstreams)
    upstreams[0].rests_until = 10.0
    assert {pool.pick(5.0) for _ in range(6)} == set(upstreams[1:])
    assert upstreams[0] in {pool.pick(11.0) for _ in range(6)}


def test_there_may_be_nobody_to_pick():
    assert Pool("p1", []).pick(0.0) is None
    lonely = Upstream("127.0.0.1", 1)
    assert Pool("p1", [lonely]).pick(0.0, lonely) is None
