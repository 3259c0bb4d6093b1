"""A project's settings, as they are kept."""

import pytest

from thakur.accounts import Principal
from thakur.projects import Overrides, ProjectNotFound, SettingRefused
from thakur.projects.service import LocalProjects


async def test_settings_are_kept_and_shown_with_the_project(projects: LocalProjects, ours: Principal) -> None:
    shop = await projects.create(ours, "shop")

    await projects.change_settings(ours, shop.id, {"start": "bun a.js", "cpus": 0.5})
    now = await projects.change_settings(ours, shop.id, {"start": None, "spa_fallback": False})

    assert now == Overrides(cpus=0.5, spa_fallback=False)
    assert await projects.settings(shop.id) == now
    assert (await projects.get(ours, "shop")).settings == now


async def test_a_refused_setting_changes_nothing(projects: LocalProjects, ours: Principal) -> None:
    shop = await projects.create(ours, "shop")

    with pytest.raises(SettingRefused):
        await projects.change_settings(ours, shop.id, {"start": "bun a.js", "cpus": "many"})

    assert await projects.settings(shop.id) == Overrides()


async def test_another_team_s_project_is_not_changed(
    projects: LocalProjects, ours: Principal, theirs: Principal
) -> None:
    shop = await projects.create(ours, "shop")

    with pytest.raises(ProjectNotFound):
        await projects.change_settings(theirs, shop.id, {"start": "bun a.js"})
    with pytest.raises(ProjectNotFound):
        await projects.settings(shop.id + 1)
    assert await projects.settings(shop.id) == Overrides()
