from thakur.modes.lock import RoleLock


def test_keys_are_not_rotated_while_somebody_seals_with_them(thakur, data_dir):
    (data_dir / "run").mkdir()
    lock = RoleLock(data_dir, "worker")
    lock.take()

    ran = thakur("keys", "rotate")

    lock.give_back()
    assert ran.status == 1
    assert "SIGTERM" in ran.err
    assert (data_dir / "secret.key").read_text().startswith("v1:")


def test_without_a_word_nothing_happens_to_the_keys(thakur, data_dir):
    ran = thakur("keys")

    assert ran.status == 2
    assert "thakur keys rotate" in ran.err
    assert not (data_dir / "secret.key").exists()
