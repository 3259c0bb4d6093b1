import json

from support.services import make_deployment


def test_domains_are_listed_with_what_they_lead_to(thakur, server):
    thakur("projects", "create", "shop")
    row = thakur("domains", "--project", "shop").out.splitlines()[1].split()
    assert row[1:] == ["automatic", "production", "-", "http://shop.localhost:8080"]

    server.doubles.runtime.rows[1, 7] = make_deployment(1, 7)

    (only,) = json.loads(thakur("domains", "--project", "shop", "--json").out)
    assert (only["kind"], only["deployment"]) == ("automatic", 7)
