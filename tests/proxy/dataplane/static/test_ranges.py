"""Parts of a file."""

import pytest

from thakur.proxy.dataplane.faults import Refused
from thakur.proxy.dataplane.static.ranges import read_range


def test_a_range_is_read_strictly() -> None:
    assert read_range(b"bytes=0-0", 10) == (0, 1)
    assert read_range(b"bytes=-20", 10) == (0, 10)
    assert read_range(b"bytes=a-b", 10) is None
    for value, size in ((b"bytes=-0", 10), (b"bytes=0-", 0), (b"bytes=10-11", 10)):
        with pytest.raises(Refused):
            read_range(value, size)
