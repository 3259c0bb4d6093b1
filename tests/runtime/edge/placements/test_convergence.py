from pathlib import Path
from time import monotonic

import pytest

from support.local_edges import make_order
from thakur.builds import Plan
from thakur.runtime import Order
from thakur.runtime.edge.placements.convergence import FORGOTTEN_SECONDS, Differences, compare
from thakur.runtime.edge.placements.placement import Placement

PLAN = Plan(framework="static", kind="static")
NOW = monotonic()


def order(deployment_id: int, environment_id: int = 1, **fields: object) -> Order:
    return make_order(deployment_id, "d1", PLAN, environment_id=environment_id, **fields)


def held(deployment_id: int, environment_id: int = 1, *, is_routed: bool = True, age_seconds: float = 0) -> Placement:
    return Placement(
        order(deployment_id, environment_id),
        f"{deployment_id}-1",
        artifact=Path("/d1"),
        is_routed=is_routed,
        held_since=NOW - age_seconds,
    )


def differences(placements: list[Placement], *orders: Order, unsettled: int = 0) -> Differences:
    return compare(placements, orders, lambda environment_id: environment_id != unsettled, NOW)


def test_what_is_as_it_should_be_is_left_alone() -> None:
    assert differences([held(1), held(2, 2)], order(1), order(2, 2)) == Differences()


@pytest.mark.parametrize("is_held", [True, False])
def test_what_is_assigned_and_not_routed_is_missing(is_held: bool) -> None:
    placements = [held(1, is_routed=False)] if is_held else []

    assert differences(placements, order(1)).missing == (order(1),)


def test_another_deployment_is_displaced_and_not_dismissed() -> None:
    found = differences([held(1)], order(2))

    assert found.missing == (order(2),)
    assert found.surplus == ()


def test_what_is_routed_in_an_environment_without_assignment_is_surplus() -> None:
    gone = held(1)

    assert differences([gone, held(2, 2)], order(2, 2)).surplus == (gone,)


def test_what_was_ordered_a_moment_ago_may_be_ahead_of_the_assignments() -> None:
    assert differences([held(1)], order(2), unsettled=1) == Differences()
    assert differences([held(1)], unsettled=1) == Differences()


def test_what_was_prepared_is_surplus_when_nobody_came_back_for_it() -> None:
    fresh, old = held(2, is_routed=False), held(3, is_routed=False, age_seconds=FORGOTTEN_SECONDS)

    assert differences([held(1), fresh, old], order(1)).surplus == (old,)


def test_new_hosts_are_for_the_deployment_that_has_the_old_ones() -> None:
    placement = held(1)
    wanted = order(1, hosts=("shop.example.test",))

    assert differences([placement], wanted, unsettled=1).renamed == ((placement, wanted),)
