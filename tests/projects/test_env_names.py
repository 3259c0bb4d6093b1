"""Names and values of env vars are refused with the field and the rule, never with the value."""

import pytest

from thakur.projects import EnvNameRefused, EnvValueRefused
from thakur.projects.env_names import check_env_name, check_env_value, refusal_of_name


@pytest.mark.parametrize("name", ["A", "_", "DATABASE_URL", "npm_config_registry", "TZ", "LDFLAGS", "PORTS", "a1"])
def test_a_plain_name_is_allowed(name: str) -> None:
    check_env_name(name)


@pytest.mark.parametrize(
    "name",
    ["PORT", "HOST", "HOSTNAME", "LD_PRELOAD", "LD_", "THAKUR_TOKEN", "PATH", "HOME", "USER", "NITRO_PORT"],
)
def test_a_reserved_name_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(EnvNameRefused, match=f"^{name} is reserved") as refusal:
        check_env_name(name)

    assert (refusal.value.status, refusal.value.field) == (422, name)


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "Ä", "A\n", "A\0", ".", "$A", "A" * 256])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(EnvNameRefused):
        check_env_name(name)


def test_a_refused_name_comes_with_one_that_is_allowed() -> None:
    with pytest.raises(EnvNameRefused) as refusal:
        check_env_name("api-key")

    assert refusal.value.hint == "Try API_KEY."
    assert refusal_of_name("API_KEY") == ""


@pytest.mark.parametrize(
    "value", ["", " ", "a\nb\r\n\ttab", "ü€😀", "x" * 65_536, "$(reboot) `id` ${HOME}", "\x1b[31m"]
)
def test_any_text_is_a_value(value: str) -> None:
    check_env_value("KEY", value)


@pytest.mark.parametrize(
    ("value", "rule"),
    [("secret\0", "NUL"), ("x" * 65_537, "65,537 bytes"), ("é" * 32_769, "65,538"), ("\ud800", "no text")],
)
def test_what_no_program_can_be_given_is_refused_at_its_name(value: str, rule: str) -> None:
    with pytest.raises(EnvValueRefused, match=rule) as refusal:
        check_env_value("KEY", value)

    assert refusal.value.field == "KEY"
    assert value not in refusal.value.message
