import pytest

from thakur.seam.frames import HEAD_BYTES, Frame, pack_frame, unpack_head


@pytest.mark.parametrize("kind", Frame)
@pytest.mark.parametrize("content", [b"", b"x" * 70_000])
def test_a_frame_says_what_it_is_and_how_long(kind: Frame, content: bytes) -> None:
    packed = pack_frame(kind, content)

    assert unpack_head(packed[:HEAD_BYTES]) == (kind, len(content))
    assert packed[HEAD_BYTES:] == content


def test_a_frame_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="9"):
        unpack_head(b"\x09\x00\x00\x00\x00")
