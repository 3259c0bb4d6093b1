import json

import pytest


@pytest.mark.slow
def test_migrate_brings_an_empty_directory_to_the_head(thakur, data_dir):
    first = json.loads(thakur("migrate", "--json").out)
    assert first["before"] is None
    assert first["after"]
    again = thakur("migrate")
    assert again.status == 0
    assert f"at revision {first['after']} already" in again.err
