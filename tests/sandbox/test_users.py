import pytest

from thakur.sandbox import UidsExhausted, root_name, server_id, tenant_uid, uid_base, users


@pytest.fixture
def claims(tmp_path):
    return tmp_path / "claims"


def make(tmp_path, name):
    (tmp_path / name).mkdir()
    return tmp_path / name


def test_the_default_data_directory_has_the_first_block(claims):
    assert uid_base(users.DEFAULT_DATA_DIR, claims) == 610_000


def test_two_data_directories_never_share_a_block(tmp_path, claims):
    bases = {uid_base(make(tmp_path, f"data-{number}"), claims) for number in range(20)}

    assert len(bases) == 20
    assert 610_000 not in bases
    assert all(base % 10_000 == 0 for base in bases)


def test_a_block_is_kept_in_the_data_directory(tmp_path, claims):
    data_dir = make(tmp_path, "data")
    base = uid_base(data_dir, claims)
    (claims / str(base)).unlink()  # a reboot

    assert uid_base(data_dir, claims) == base
    assert (claims / str(base)).read_text() == str(data_dir)


def test_the_block_of_a_removed_data_directory_is_free_again(tmp_path, claims):
    data_dir = make(tmp_path, "data")
    base = uid_base(data_dir, claims)
    (data_dir / users.KEPT_IN).unlink()

    assert uid_base(data_dir, claims) == base


def test_blocks_of_users_and_containers_are_left_alone(tmp_path, claims, monkeypatch):
    data_dir = make(tmp_path, "data")
    first = uid_base(data_dir, claims)
    (data_dir / users.KEPT_IN).unlink()
    (tmp_path / "subuid").write_text(f"somebody:{first + 5000}:65536\n")
    monkeypatch.setattr(users, "SUBORDINATES", (tmp_path / "subuid",))

    found = uid_base(data_dir, claims)

    assert found + 10_000 <= first or found >= first + 5000 + 65536


def test_a_full_host_is_refused(tmp_path, claims, monkeypatch):
    (tmp_path / "subuid").write_text("somebody:600000:9999999\n")
    monkeypatch.setattr(users, "SUBORDINATES", (tmp_path / "subuid",))

    with pytest.raises(UidsExhausted):
        uid_base(make(tmp_path, "data"), claims)


@pytest.mark.parametrize("project_id", [0, -1, 10_000])
def test_a_project_outside_the_block_has_no_uid(project_id):
    with pytest.raises(UidsExhausted):
        tenant_uid(610_000, project_id)


def test_a_tenants_uid_is_the_base_and_the_projects_number():
    assert tenant_uid(620_000, 17) == 620_017


def test_the_server_is_named_by_the_real_path_of_its_data(tmp_path):
    data_dir = make(tmp_path, "data")
    (tmp_path / "link").symlink_to(data_dir)

    assert server_id(tmp_path / "link") == server_id(data_dir) != server_id(tmp_path)
    assert root_name(data_dir) == f"thakur-{server_id(data_dir)}"
