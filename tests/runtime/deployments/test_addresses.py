from thakur.runtime.deployments.addresses import Addresses


def test_the_port_is_told_only_where_it_is_not_the_schemes_own() -> None:
    assert Addresses("example.org", 80).url("shop", "production") == "http://shop.example.org"
    assert Addresses("example.org", 443, "https").url("shop", "production") == "https://shop.example.org"
    assert Addresses("localhost", 8080).url("shop", "production") == "http://shop.localhost:8080"


def test_an_environment_answers_at_its_own_host() -> None:
    addresses = Addresses("example.org", 80)

    assert addresses.hosts("shop", "production") == ("shop.example.org",)
    assert addresses.hosts("shop", "git-fix") != addresses.hosts("shop", "production")
