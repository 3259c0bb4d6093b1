"""Tests of what a start tells."""

from pathlib import Path

from thakur.modes.welcome import owner_wanted, standing
from thakur.settings import Address, Settings


def test_a_server_on_loopback_says_how_it_is_reached_from_elsewhere():
    told = standing(Settings(data_dir=Path("/data"), address=Address("127.0.0.1", 8000)), "is ready")

    assert "is ready" in told
    assert "http://127.0.0.1:8000 (from elsewhere: ssh -L 8000:127.0.0.1:8000 " in told


def test_a_server_with_a_public_url_names_that():
    settings = Settings(data_dir=Path("/data"), public_url="https://deploy.example.com")

    assert "  https://deploy.example.com\n" in standing(settings, "is ready")
    assert "ssh" not in standing(settings, "is ready")
    assert "  https://deploy.example.com/login/link/x (once" in owner_wanted(settings, "x")


def test_an_address_for_everybody_is_named_by_one_of_its_own():
    settings = Settings(data_dir=Path("/data"), address=Address("0.0.0.0", 8000))

    assert "  http://127.0.0.1:8000\n" in standing(settings, "is ready")


def test_the_port_of_applications_is_named_unless_it_is_the_usual_one():
    usual = Settings(data_dir=Path("/data"), http=Address("0.0.0.0", 80), base_domain="apps.example.com")

    assert "http://NAME.apps.example.com (" in standing(usual, "is ready")
    assert "http://NAME.localhost:8080 (" in standing(Settings(data_dir=Path("/data")), "is ready")
