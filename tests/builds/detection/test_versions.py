import pytest

from thakur.builds.detection.versions import is_within


@pytest.mark.parametrize(
    ("version", "wanted", "allowed"),
    [
        ("20.20.2", ">=18", True),
        ("20.20.2", ">= 20.0.0 <21", True),
        ("v22.1.0", ">=20 <22", False),
        ("22.1.0", "20.x", False),
        ("22.1.0", "22", True),
        ("22.1.0", "22.1", True),
        ("22.1.0", "22.2.x", False),
        ("22.1.0", "^20.10 || ^22.0.0", True),
        ("21.1.0", "^20.10 || ^22.0.0", False),
        ("20.9.0", "^20.10", False),
        ("0.2.9", "^0.2.3", True),
        ("0.3.0", "^0.2.3", False),
        ("0.0.4", "^0.0.3", False),
        ("1.2.9", "~1.2.3", True),
        ("1.3.0", "~1.2", False),
        ("1.9.0", "~1", True),
        ("18.4.0", "16 - 18", True),
        ("19.0.0", "16.0.0 - 18.9.9", False),
        ("18.4.0", ">18", False),
        ("18.4.0", ">18.3.9", True),
        ("18.4.0", "<=18", True),
        ("18.4.0", "<18", False),
        ("18.4.0", "=18.4.0", True),
        ("1.4.4", "*", True),
        ("1.4.4", "", True),
        ("1.4.4", ">=1.0.0-beta.1", True),
        ("20.0.0", "lts/*", True),
        ("unknown", ">=18", True),
    ],
)
def test_a_range_allows_a_version(version: str, wanted: str, allowed: bool) -> None:
    assert is_within(version, wanted) is allowed
