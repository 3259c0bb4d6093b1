"""Signatures, by GitHub's own example."""

import pytest

from thakur.webhooks.signatures import claimed, signer

SECRET, BODY = b"It's a Secret to Everybody", b"Hello, World!"
DIGEST = b"757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"


def test_the_documented_signature_is_taken_and_a_flipped_bit_is_not() -> None:
    assert signer(BODY, DIGEST, [("other", b"another"), ("shop", SECRET)]) == "shop"
    assert signer(b"Hello, World?", DIGEST, [("shop", SECRET)]) is None
    assert signer(BODY, DIGEST[:-1] + b"6", [("shop", SECRET)]) is None
    assert signer(BODY, DIGEST, []) is None


@pytest.mark.parametrize(
    "values",
    [
        [],
        [DIGEST],
        [b"sha1=" + DIGEST[:40]],
        [b"sha256=" + DIGEST.upper()],
        [b"sha256=" + DIGEST[:-1]],
        [b"sha256=" + DIGEST + b" "],
        [b"sha256=" + "é".encode() * 32],
        [b"sha256=" + DIGEST, b"sha256=" + DIGEST],
    ],
)
def test_only_one_signature_of_one_form_is_looked_at(values) -> None:
    assert claimed(values) is None
    assert claimed([b"sha256=" + DIGEST]) == DIGEST
