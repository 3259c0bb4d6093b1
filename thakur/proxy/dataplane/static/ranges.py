"""Ranges: which part of a file is asked for."""

import re

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import Refused

_RANGE = re.compile(rb"bytes=([0-9]{0,18})-([0-9]{0,18})").fullmatch


def read_range(value: bytes, size: int) -> tuple[int, int] | None:
    """First byte and count of a single range, None when the whole file is the answer. Raises Refused."""
    match = _RANGE(value)
    if match is None or value == b"bytes=-":
        return None
    first, last = match.groups()
    if not first:
        count = min(int(last), size)
        start = size - count
    else:
        start = int(first)
        count = min(int(last), size - 1) - start + 1 if last else size - start
        if last and int(last) < start:
            return None
    if count <= 0 or start >= size:
        raise Refused(faults.RANGE_REFUSED)
    return start, count
