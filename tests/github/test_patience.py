"""When GitHub may be asked again."""

import pytest

from thakur.github.patience import pause_seconds


@pytest.mark.parametrize(
    ("status", "headers", "refusals", "seconds"),
    [
        (200, {"x-ratelimit-remaining": "0"}, 0, None),
        (429, {"retry-after": "7"}, 0, 7),
        (403, {"retry-after": "7", "x-ratelimit-remaining": "0", "x-ratelimit-reset": "1100"}, 0, 7),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1100"}, 0, 100),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "900"}, 0, 1),
        (403, {"message": "You have exceeded a secondary rate limit."}, 0, 60),
        (403, {"message": "You have exceeded a secondary rate limit."}, 2, 240),
        (429, {}, 9, 3600),
        (403, {"message": "Resource not accessible by integration"}, 0, None),
        (429, {"retry-after": "soon"}, 0, 60),
    ],
)
def test_a_refusal_says_how_long_to_keep_still(status, headers, refusals, seconds) -> None:
    assert pause_seconds(status, headers, 1000.0, refusals) == seconds
