from dataclasses import replace
from pathlib import Path

import pytest

from thakur.cli.remembered import remember_project, remembered_project
from thakur.settings import ClientSettings


@pytest.fixture
def settings(data_dir):
    return ClientSettings.from_env()


def test_a_folder_and_those_below_it_remember(settings):
    remember_project(settings, Path("/home/me/shop"), "shop")
    remember_project(settings, Path("/home/me/shop/blog"), "blog")
    assert remembered_project(settings, Path("/home/me/shop")) == "shop"
    assert remembered_project(settings, Path("/home/me/shop/src/x")) == "shop"
    assert remembered_project(settings, Path("/home/me/shop/blog/x")) == "blog"
    assert remembered_project(settings, Path("/home/me")) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "\udcff"])
def test_a_spoiled_file_is_as_good_as_none(settings, text):
    settings.config_dir.mkdir(parents=True)
    (settings.config_dir / "folders.json").write_bytes(text.encode(errors="surrogateescape"))
    assert remembered_project(settings, Path("/x")) is None
    remember_project(settings, Path("/x"), "shop")
    assert remembered_project(settings, Path("/x")) == "shop"


def test_not_being_able_to_remember_is_no_failure(settings):
    remember_project(replace(settings, config_dir=Path("/proc/nowhere")), Path("/x"), "shop")
