import argparse

import pytest

from thakur.cli.interface import WrongUsage
from thakur.cli.remembered import remember_project
from thakur.cli.session import open_session, project_path


def test_the_project_is_the_flags_then_the_variables_then_the_folders(data_dir, monkeypatch, tmp_path):
    nothing, flag = argparse.Namespace(project=None), argparse.Namespace(project="flag")
    with pytest.raises(WrongUsage):
        open_session().project(nothing)
    remember_project(open_session().settings, tmp_path, "folder")
    assert open_session().project(nothing) == "folder"
    monkeypatch.setenv("THAKUR_PROJECT", "variable")
    assert open_session().project(nothing) == "variable"
    assert open_session().project(flag) == "flag"


def test_a_name_cannot_leave_its_place_in_a_path():
    assert project_path("../host", "builds", 3) == "projects/..%2Fhost/builds/3"
    assert project_path("a?b#c d") == "projects/a%3Fb%23c%20d"
