from pathlib import Path

import pytest

from thakur.sandbox import Limits
from thakur.sandbox.limits.cgroups import Cgroups, Mount, _places, memberships, mounts

HYBRID = """\
25 30 0:22 / /sys/fs/cgroup/memory rw,nosuid shared:9 - cgroup cgroup rw,memory
26 30 0:23 / /sys/fs/cgroup/cpu,cpuacct rw - cgroup cgroup rw,cpu,cpuacct
27 30 0:24 / /sys/fs/cgroup/systemd rw - cgroup systemd rw,xattr,name=systemd
28 30 0:25 /docker/ab /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw,nsdelegate
29 30 254:0 / / rw - ext4 /dev/vda rw
"""


def test_mounts_of_both_versions_are_found():
    assert mounts(HYBRID) == [
        Mount("/sys/fs/cgroup/memory", "/", 1, ("memory",)),
        Mount("/sys/fs/cgroup/cpu,cpuacct", "/", 1, ("cpu",)),
        Mount("/sys/fs/cgroup/systemd", "/", 1, ()),
        Mount("/sys/fs/cgroup/unified", "/docker/ab", 2, ("unified",)),
    ]


def test_memberships_are_known_by_controller():
    assert memberships("4:memory:/a\n1:cpu,cpuacct:/b\n0::/c\n") == {
        "memory": "/a",
        "cpu": "/b",
        "cpuacct": "/b",
        "unified": "/c",
    }


def test_a_host_without_control_groups_says_so_and_makes_empty_leaves():
    cgroups = Cgroups("thakur-test", found=[], own={})

    assert set(cgroups.reasons) == {"memory", "cpu", "pids", "freezer", "unified"}
    assert cgroups.leaf("build-1-1").controllers == frozenset()
    assert cgroups.leaves() == frozenset()


def test_a_group_that_we_may_not_write_is_a_reason(tmp_path):
    cgroups = Cgroups("thakur-test", found=[Mount(str(tmp_path / "gone"), "/", 1, ("memory",))], own={"memory": "/"})

    assert "gone is not ours to write" in cgroups.reasons["memory"]


async def test_this_hosts_groups_are_made_and_go_with_the_last_leaf(root_stage):
    cgroups = Cgroups(root_stage.name)
    if not cgroups.leaf("one").controllers:
        pytest.skip("no control groups here")
    for name in ("one", "two"):
        cgroups.prepare()
        cgroups.leaf(name).create(Limits())
    made = cgroups.leaves()
    for name in ("one", "two"):
        await cgroups.leaf(name).remove()

    assert made == {"one", "two"}
    assert cgroups.leaves() == frozenset()
    assert not any(Path("/sys/fs/cgroup").rglob(root_stage.name))


@pytest.mark.parametrize("own", ["/system.slice/thakur.service", "/system.slice/thakur.service/supervisor"])
def test_a_server_in_a_delegated_group_makes_its_groups_beside_itself(own):
    places = _places(Mount("/sys/fs/cgroup", "/", 2, ("unified",)), {"unified": own})

    assert places == [Path("/sys/fs/cgroup"), Path("/sys/fs/cgroup/system.slice/thakur.service")]
