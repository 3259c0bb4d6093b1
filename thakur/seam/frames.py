"""Frames of a download: items, signs of life, and one last frame, so that a cut is never taken for an end."""

import struct
from enum import IntEnum

HEAD_BYTES = 5
_HEAD = struct.Struct(">BI")


class Frame(IntEnum):
    """END and FAILED are last frames."""

    ITEM = 0
    END = 1
    FAILED = 2
    ALIVE = 3


def pack_frame(kind: Frame, content: bytes = b"") -> bytes:
    return _HEAD.pack(kind, len(content)) + content


def unpack_head(head: bytes) -> tuple[Frame, int]:
    """Split a head into the frame's kind and the number of bytes that follow. Raises ValueError."""
    kind, length_bytes = _HEAD.unpack(head)
    return Frame(kind), length_bytes
