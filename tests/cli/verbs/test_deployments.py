import json

from support.services import make_deployment
from thakur.runtime import DeploymentStatus


def test_deployments_are_listed_with_what_is_live(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.runtime.rows[1, 1] = make_deployment(1, 1, status=DeploymentStatus.STANDBY)
    server.doubles.runtime.rows[1, 2] = make_deployment(1, 2)

    lines = thakur("deployments", "--project", "shop").out.splitlines()

    assert lines[1].split()[:4] == ["#2", "active", "production", "http://shop.localhost:8080"]
    assert lines[2].split()[:2] == ["#1", "standby"]
    only = json.loads(thakur("deployments", "--project", "shop", "--json", "--before", 2).out)
    assert [row["number"] for row in only] == [1]


def test_deployments_are_narrowed_by_status_branch_and_environment(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.runtime.rows[1, 1] = make_deployment(1, 1, status=DeploymentStatus.STANDBY, branch="main")
    server.doubles.runtime.rows[1, 2] = make_deployment(1, 2, branch="fix-cart")

    def numbers(*flags: str) -> list[int]:
        return [row["number"] for row in json.loads(thakur("deployments", "--project", "shop", "--json", *flags).out)]

    assert numbers("--status", "standby") == [1]
    assert numbers("--branch", "fix-*", "--environment", "production") == [2]
    assert numbers("--environment", "preview") == []
    assert thakur("deployments", "--project", "shop", "--branch", "gone").err.strip() == "No deployment matches."
