import json
from datetime import UTC, datetime, timedelta

import pytest

from support.services import make_deployment
from thakur.runtime import ReplicasSeen, ReplicaState, ReplicaStatus


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    return server.doubles


def test_the_processes_of_what_is_live_are_listed(thakur, shop):
    running = ReplicaStatus(number=1, port=4000, state=ReplicaState.RUNNING)
    shop.edges.seen = [ReplicasSeen(edge="one", replicas=(running,)), ReplicasSeen(edge="two")]

    ran = thakur("ps", "--project", "shop")

    assert ran.out.splitlines()[1].split() == ["1", "one", "running", "4000", "-"]
    assert ran.err == "two does not answer just now. See: thakur edges\n"
    (only,) = json.loads(thakur("ps", "--project", "shop", "--json").out)
    assert (only["edge"], only["deployment"], only["state"]) == ("one", 7, "running")


def test_what_ends_again_and_again_says_where_its_last_words_are(thakur, shop):
    since = datetime.now(UTC) - timedelta(minutes=3)
    ending = ReplicaStatus(
        number=1, port=4000, state=ReplicaState.WAITING, ends=9, ends_since=since, is_crash_loop=True
    )
    shop.edges.seen = [ReplicasSeen(edge="one", replicas=(ending,))]

    ran = thakur("ps", "--project", "shop")

    assert "crash loop  4000  9 since 3 min" in ran.out
    assert ran.err.endswith("thakur logs --project shop\n")


def test_files_have_no_process(thakur, shop):
    shop.edges.seen = [ReplicasSeen(edge="one", replicas=())]
    assert "#7 is files that the proxy serves" in thakur("ps", "--project", "shop").err


def test_where_nothing_is_live_the_next_command_is_named(thakur, server):
    thakur("projects", "create", "shop")
    assert thakur("ps", "--project", "shop").err.endswith("thakur deploy FOLDER --project shop\n")
