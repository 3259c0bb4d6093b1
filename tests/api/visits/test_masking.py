from thakur.api.visits.visitors import csrf_token, masked, unmasked


def test_a_token_never_looks_the_same_twice_and_is_known_each_time():
    token = csrf_token("secret")
    shown = [masked(token) for _ in range(3)]

    assert len(set(shown)) == 3
    assert not any(token in text for text in shown)
    assert {unmasked(text) for text in shown} == {token}


def test_what_is_no_token_is_none():
    assert unmasked("") == ""
    assert unmasked("zz") == ""
    assert unmasked(csrf_token("secret")) != csrf_token("secret")
