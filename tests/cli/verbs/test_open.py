import json

from support.services import make_deployment


def test_the_url_of_what_is_live_is_printed(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.runtime.rows[1, 1] = make_deployment(1, 1)

    assert thakur("open", "--project", "shop").out == "http://shop.localhost:8080\n"
    shown = json.loads(thakur("open", "--project", "shop", "--json").out)
    assert shown == {"project": "shop", "url": "http://shop.localhost:8080"}


def test_nothing_live_names_the_next_command(thakur, server):
    thakur("projects", "create", "shop")
    ran = thakur("open", "--project", "shop")
    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith("Make it so with: thakur deploy FOLDER --project shop\n")
